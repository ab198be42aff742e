import type { CheckAnswer } from '../../../server/api/pipelines.ts'
import type { Pipeline } from '../../model.ts'
import type { Problem } from '../../problem.ts'
import type { Fix, FixFacts } from '../fix.ts'
import { type Maker, settingPath, valueAt } from './ask.ts'
import { duplicateColumn, unknownColumn } from './columns.ts'
import * as edges from './edges.ts'
import { syntax, unknownField, unknownFunction } from './expressions.ts'
import * as inputs from './inputs.ts'
import * as outputs from './outputs.ts'
import { drifted, plainParam, unknownParam } from './params.ts'
import * as settings from './settings.ts'
import { noCast, notAList, wrongType } from './types.ts'
import * as whole from './whole.ts'

/**
 * What mends a problem with one click, the likeliest first; [] where only the reader can. `problem` is one of the
 * answer's, or of the file's own.
 */
export function fixesFor(problem: Problem, pipeline: Pipeline, answer: CheckAnswer, facts: FixFacts = {}): Fix[] {
  const make = Object.hasOwn(makers, problem.code) ? makers[problem.code] : undefined
  if (!make) return []
  const { node = '', setting = '' } = problem.place
  const config = Object.hasOwn(pipeline.nodes, node) ? pipeline.nodes[node]?.config : undefined
  const path = settingPath(config, setting)
  const value = path.length ? valueAt(config, path) : undefined
  const fixes = make({ problem, pipeline, answer, facts, node, setting, path, value })
  return fixes.filter(({ change, choose }) => choose || change(pipeline) !== pipeline)
}

const unknownType: Maker = (ask) => (ask.setting ? settings.unknownType(ask) : whole.unknownNodeType(ask))
const duplicate: Maker = (ask) => (ask.setting ? duplicateColumn(ask) : [])

const makers: { readonly [code: string]: Maker } = {
  'unknown-column': unknownColumn,
  'duplicate-column': duplicate,
  'wrong-type': wrongType,
  'not-text': wrongType,
  'not-a-list': notAList,
  'no-cast': noCast,
  'unknown-function': unknownFunction,
  'unknown-field': unknownField,
  syntax,
  'unknown-type': unknownType,
  'unknown-setting': settings.unknownSetting,
  'unused-setting': settings.remove,
  'wrong-choice': settings.wrongChoice,
  'missing-setting': settings.missingSetting,
  'out-of-range': settings.outOfRange,
  'no-files': settings.missingFile,
  'missing-file': settings.missingFile,
  'missing-model': settings.missingFile,
  'several-models': settings.missingFile,
  'no-text-encoder': settings.missingFile,
  'bad-model': settings.missingFile,
  'missing-tokenizer': settings.missingFile,
  'missing-provider': settings.usual('auto'),
  'unknown-pooling': settings.usual('mean', 'cls'),
  'unknown-normalize': settings.usual(true, false),
  'unknown-max-tokens': settings.usual(512),
  'too-many-tokens': settings.numberInHint,
  'nearly-typed': settings.nearlyTyped,
  'unmapped-input': settings.proposedInputs,
  'unknown-tensor': settings.unknownTensor,
  'no-batch': settings.usual('row'),
  'bad-overlap': settings.badOverlap,
  'no-tokenizer': settings.noTokenizer,
  'first-or-fraction': settings.firstOrFraction,
  'bad-port': settings.badPort,
  'duplicate-port': settings.badPort,
  'no-columns': settings.noColumns,
  'too-short': settings.tooShort,
  'unsupported-tensor': settings.leaveOut,
  'double-column': settings.leaveOut,
  'ambiguous-date': settings.dateFormats,
  'no-header': settings.usual(false),
  'unwritable-column': outputs.unwritable,
  outside: outputs.outside,
  'output-exists': outputs.outputExists,
  'output-has-others': outputs.newName,
  'columns-differ': (ask) => [...outputs.newName(ask), ...settings.usual('replace')({ ...ask, path: ['ifExists'] })],
  'same-output': outputs.sameOutput,
  'is-a-folder': outputs.isAFolder,
  'not-a-folder': outputs.notAFolder,
  'bad-name': outputs.badName,
  'duplicate-edge': edges.removeEdge,
  'bad-edge': edges.removeEdge,
  'edge-out-of-sink': edges.edgeOutOfSink,
  'edge-into-source': edges.edgeIntoSource,
  'unknown-node': edges.unknownNode,
  'unknown-port': edges.unknownPort,
  'missing-port': edges.unknownPort,
  'unknown-input': edges.unknownInput,
  'missing-input': edges.unknownInput,
  'keys-differ': inputs.keysDiffer,
  'sql-error': inputs.sqlName,
  'unknown-table': inputs.sqlName,
  'union-types': edges.unionTypes,
  cycle: edges.cycle,
  'no-input': whole.noInput,
  'leads-nowhere': whole.leadsNowhere,
  'no-source': whole.noSource,
  'no-nodes': whole.noSource,
  'no-sink': whole.noSink,
  'branch-off': whole.branchOff,
  drift: drifted,
  'unknown-param': unknownParam,
  'param-in-expression': plainParam,
  'bad-node-id': whole.badNodeId,
}
