// Completion of a workflow's text.
import {describe, expect, test} from 'vitest'
import schema from '../../config/schema/workflow.schema.json'
import {choicesAt, type Schema} from '../src/workflow/completion'
import {placeAt} from '../src/workflow/yaml_path'

// The place of ‸ in a text.
const at = (marked: string) => placeAt(marked.replace('‸', ''), marked.indexOf('‸'))
const labels = (marked: string) => choicesAt(schema as unknown as Schema, at(marked)).map((choice) => choice.label)

const head = 'apiVersion: gatewright/v1\nkind: Workflow\nmetadata: {name: x}\nspec:\n'

describe('where a place is', () => {
  test.each([
    ['at the top', '‸', [], ''],
    ['in a mapping', 'spec:\n  sub‸', ['spec'], ''],
    ['in an item of a list', 'spec:\n  stages:\n    - name: QA\n      ga‸', ['spec', 'stages'], ''],
    ['at the beginning of an item', 'spec:\n  stages:\n    - na‸', ['spec', 'stages'], ''],
    ['in a list that is not indented', 'spec:\n  stages:\n  - name: QA\n    ga‸', ['spec', 'stages'], ''],
    ['in braces', 'metadata: {name: x, ‸', ['metadata'], ''],
    ['in braces within brackets', 'spec:\n  stages:\n    - name: QA\n      gate: {rules: [{id: qa, ‸', ['spec', 'stages', 'gate', 'rules'], ''],
    ['after braces', 'spec:\n  stages:\n    - {name: QA, gate: {need: 1}, ‸', ['spec', 'stages'], ''],
    ['of a value', 'kind: ‸', [], 'kind'],
    ['of a value in braces', 'a: {kind: ‸', ['a'], 'kind'],
    ['behind a comment and an empty line', 'spec:\n  # what: it is\n\n  lo‸', ['spec'], ''],
  ])('%s', (_, marked, path, key) => {
    const place = at(marked)
    expect([place.path, place.key]).toEqual([path, key])
  })
  test('what is there already, before and after', () => {
    expect(at('spec:\n  stages:\n    - name: QA\n      ‸\n      wait: 1h\n    - name: Two\n      action: {}').used.sort()).toEqual(['name', 'wait'])
    expect(at('metadata: {name: x, ‸').used).toEqual(['name'])
  })
  test('where the word begins', () => expect(at('spec:\n  sta‸').from).toBe(8))
})

describe('what may stand there', () => {
  test('at the top', () => expect(labels('‸')).toEqual(['apiVersion', 'kind', 'metadata', 'spec']))
  test('not twice', () => expect(labels('kind: Workflow\n‸')).not.toContain('kind'))
  test('words of a value', () => expect(labels('kind: ‸')).toContain('Workflow'))
  test('a stage, through a reference', () => expect(labels(`${head}  stages:\n    - name: QA\n      ‸`)).toEqual(expect.arrayContaining(['doneState', 'gate', 'action', 'wait'])))
  test('a gate, through an alternative', () => expect(labels(`${head}  stages:\n    - name: QA\n      gate: {‸`)).toContain('rules'))
  test('a rule, with what it is for', () => {
    const [need] = choicesAt(schema as unknown as Schema, at(`${head}  stages:\n    - gate:\n        rules:\n          - ne‸`)).filter((choice) => choice.label === 'need')
    expect(need?.info).toBeTruthy()
  })
  test('nothing where nothing is known', () => expect(labels('unheard: {of: {‸')).toEqual([]))
})
