import type { Field } from '../form/field.ts'
import { ChoiceInput } from './ChoiceInput.tsx'
import { ColumnsInput } from './ColumnsInput.tsx'
import type { InputProps } from './form.ts'
import { JsonInput } from './JsonInput.tsx'
import { ListInput } from './ListInput.tsx'
import { NumberInput } from './NumberInput.tsx'
import { ObjectInput } from './ObjectInput.tsx'
import { RecordInput } from './RecordInput.tsx'
import { SwitchInput } from './SwitchInput.tsx'
import { TextInput } from './TextInput.tsx'
import { TupleInput } from './TupleInput.tsx'
import { UnionInput } from './UnionInput.tsx'

/** The input for a field, whatever its kind. */
export function FieldInput({ field, ...props }: InputProps & { readonly field: Field }) {
  switch (field.kind) {
    case 'text':
      return <TextInput field={field} {...props} />
    case 'number':
      return <NumberInput field={field} {...props} />
    case 'switch':
      return <SwitchInput {...props} />
    case 'choice':
      return <ChoiceInput values={field.values} {...props} />
    case 'columns':
      return <ColumnsInput single={field.single} {...props} />
    case 'list':
      return <ListInput field={field} {...props} />
    case 'record':
      return <RecordInput field={field} {...props} />
    case 'object':
      return <ObjectInput field={field} {...props} />
    case 'tuple':
      return <TupleInput field={field} {...props} />
    case 'union':
      return <UnionInput field={field} {...props} />
    case 'json':
      return <JsonInput {...props} />
  }
}
