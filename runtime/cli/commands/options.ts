import { Option } from 'commander'
import { HeadraceError } from '../../pipeline/problem.ts'

/** Wraps a command's action: its code is loaded only when it is the one that was asked for. */
export type Wrap = <T extends unknown[]>(
  load: () => Promise<(...given: T) => Promise<number>>,
) => (...given: T) => Promise<void>

/** Gathers the values of an option that may be given several times. */
export const collect = (value: string, before: string[] = []): string[] => [...before, value]

/** `--param`. */
export const paramOption = () =>
  new Option('--param <name=value>', 'give a parameter of the pipeline its value (repeatable)').argParser(collect)

/** `--params`. */
export const paramsOption = () =>
  new Option('--params <file>', "a JSON object with parameters' values (repeatable; later ones win)").argParser(collect)

/** `--log-level`. */
export const logLevel = () =>
  new Option('--log-level <level>', 'what is told while it runs')
    .choices(['debug', 'info', 'warn', 'error'])
    .default('warn')

/** Reads an option's whole number. */
export const wholeNumber =
  (option: string, least = 0) =>
  (text: string) => {
    const value = Number(text)
    if (text.trim() === '' || !Number.isSafeInteger(value) || value < least)
      throw new HeadraceError('bad-option', `${option} "${text}" is not a whole number from ${least}`)
    return value
  }
