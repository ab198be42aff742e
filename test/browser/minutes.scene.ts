import type { Page } from 'playwright-core'

const towns = ['Köln', 'München', 'Bremen', 'Düsseldorf']

/** The line of the file on which the broken row stands. */
export const brokenLine = 17

/** A row of `umsatz.csv` whose number ends in a letter O. */
export const letterInNumber = '03.11.2026;Schraube M8;12,5O;4;Gartenstraße 7;Köln'

/** 1,204 rows as a German Excel writes them, in windows-1252, one of them broken. */
export function umsatz(broken = letterInNumber): Buffer {
  const two = (n: number) => String(n).padStart(2, '0')
  const lines = Array.from({ length: 1204 }, (_, i) => {
    if (i === brokenLine - 2) return broken
    const euros = i % 5 === 0 ? `1.${String(100 + (i % 900))}` : String((i * 37) % 900)
    return `${two((i % 28) + 1)}.11.2026;Schraube M${i % 12};${euros},${two(i % 100)};${i % 9};Gartenstraße ${i};${towns[i % 4]}`
  })
  return Buffer.from(['Datum;Produkt;Preis;Menge;Straße;Stadt', ...lines, ''].join('\r\n'), 'latin1')
}

/** Drops a file of the reader's on a part of the page; what the browser runs is text, as its types are not Node's. */
export async function dropFile(page: Page, selector: string, name: string, bytes: Buffer): Promise<void> {
  await page.evaluate(`{
    const bytes = Uint8Array.from(atob('${bytes.toString('base64')}'), (one) => one.charCodeAt(0))
    const dataTransfer = new DataTransfer()
    dataTransfer.items.add(new File([bytes], ${JSON.stringify(name)}))
    const box = document.querySelector(${JSON.stringify(selector)})
    for (const type of ['dragover', 'drop'])
      box.dispatchEvent(new DragEvent(type, { dataTransfer, bubbles: true, cancelable: true }))
  }`)
}
