import { expect, test } from 'vitest'
import { stripMarkup } from './markup.ts'

test('tags go, words stay apart, entities are decoded once', () => {
  expect(stripMarkup('<p class="a>b">One</p><p>two <b>bo</b>ld</p>')).toBe('One\ntwo bold\n')
  expect(stripMarkup('&lt;b&gt; &amp;amp; &#8364;&#x20AC;&#128; &nosuch; AT&T &#0;')).toBe(
    '<b> &amp; €€€ &nosuch; AT&T �',
  )
  expect(stripMarkup('caf&eacute; &ensp;&rarr;&apos;')).toBe("café \u2002→'")
})

test('comments, scripts and styles go, CDATA stays', () => {
  expect(stripMarkup('a<!-- <b> -->b<script>if (a < b) "</p>"</SCRIPT >c<style>x{}</style>')).toBe('ab\nc\n')
  expect(stripMarkup('<x><![CDATA[1 < 2 &amp;]]></x>')).toBe('1 < 2 &amp;\n')
})

test('what only looks like a tag stays', () => {
  expect(stripMarkup('1 < 2 and 3<4, <3, a <')).toBe('1 < 2 and 3<4, <3, a <')
  expect(stripMarkup('open <b and no end')).toBe('open <b and no end')
})

test('hostile texts end', () => {
  const size = 200_000
  const hostile = [
    '<a',
    '<!--',
    '<a ="',
    '<script>',
    '</script',
    '<script></script',
    '&a',
    '<![CDATA[',
    `<a ='>`,
    '<a b="x>',
  ]
  for (const part of hostile) expect(stripMarkup(part.repeat(size / part.length)).length).toBeLessThanOrEqual(size)
}, 10_000)
