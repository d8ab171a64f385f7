// The text of a workflow, with completion from its schema and mistakes where they are. CodeMirror
// would write its style into the document, which the page's policy forbids; in a shadow root it uses
// a constructed style sheet. Tab leaves the editor, as it leaves every other field.
import {autocompletion, closeBrackets, completionKeymap, type CompletionContext} from '@codemirror/autocomplete'
import {defaultKeymap, history, historyKeymap} from '@codemirror/commands'
import {yaml} from '@codemirror/lang-yaml'
import {bracketMatching, HighlightStyle, indentOnInput, syntaxHighlighting} from '@codemirror/language'
import {lintGutter, lintKeymap, setDiagnostics} from '@codemirror/lint'
import {EditorState} from '@codemirror/state'
import {drawSelection, EditorView, highlightActiveLine, keymap, lineNumbers} from '@codemirror/view'
import {tags} from '@lezer/highlight'
import {useEffect, useRef} from 'react'
import schema from '../../../config/schema/workflow.schema.json'
import {choicesAt, type Schema} from './completion'
import {placeAt} from './yaml_path'

export interface Mistake { line: number; column: number; message: string }

const looks = EditorView.theme({
  '&': {backgroundColor: 'var(--card)', color: 'var(--text)', border: '1px solid var(--line-strong)', borderRadius: 'var(--radius)', fontSize: '12.5px', maxHeight: '62vh'},
  '&.cm-focused': {outline: '2px solid var(--focus)', outlineOffset: '1px'},
  '.cm-scroller': {fontFamily: 'var(--mono)', lineHeight: '19px', overflow: 'auto', minHeight: '260px'},
  '.cm-content': {caretColor: 'var(--text)', padding: '8px 0'},
  '.cm-cursor': {borderLeftColor: 'var(--text)'},
  '.cm-gutters': {backgroundColor: 'var(--sunk)', color: 'var(--faint)', border: 'none'},
  '.cm-activeLine, .cm-activeLineGutter': {backgroundColor: 'var(--sunk)'},
  '&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground': {backgroundColor: 'var(--accent-soft)'},
  '.cm-tooltip': {backgroundColor: 'var(--card)', color: 'var(--text)', border: '1px solid var(--line)', borderRadius: '6px', boxShadow: 'var(--lift)'},
  '.cm-tooltip-autocomplete > ul > li[aria-selected]': {backgroundColor: 'var(--accent)', color: 'var(--accent-text)'},
  '.cm-completionInfo': {maxWidth: '320px', padding: '6px 10px', fontFamily: 'var(--sans)'},
  '.cm-completionDetail': {fontStyle: 'normal', marginLeft: '10px'},
  '.cm-diagnostic': {fontFamily: 'var(--sans)', borderLeft: '4px solid var(--danger)'},
})
const colours = HighlightStyle.define([
  {tag: [tags.definition(tags.propertyName), tags.propertyName], color: 'var(--blue)'},
  {tag: tags.comment, color: 'var(--faint)'},
  {tag: [tags.string, tags.attributeValue], color: 'var(--green)'},
  {tag: [tags.number, tags.bool, tags.keyword], color: 'var(--purple)'},
])

function complete(context: CompletionContext) {
  const place = placeAt(context.state.doc.toString(), context.pos)
  if (!context.explicit && place.from === context.pos) return null
  const options = choicesAt(schema as unknown as Schema, place).map((choice) => ({
    label: choice.label, detail: choice.detail, info: choice.info, type: choice.isKey ? 'property' : 'enum', apply: choice.isKey ? `${choice.label}: ` : choice.label,
  }))
  return options.length === 0 ? null : {from: place.from, options, validFor: /^[\w.-]*$/}
}

export function YamlEditor({text, onChange, mistakes, goTo}: {text: string; onChange: (text: string) => void; mistakes: Mistake[]; goTo: {line: number} | null}) {
  const host = useRef<HTMLDivElement>(null)
  const view = useRef<EditorView>(null)
  const changed = useRef(onChange)
  changed.current = onChange
  useEffect(() => {
    const root = host.current!.shadowRoot ?? host.current!.attachShadow({mode: 'open', delegatesFocus: true})
    const made = new EditorView({parent: root as unknown as Element, root, state: EditorState.create({doc: text, extensions: [
      lineNumbers(), history(), drawSelection(), highlightActiveLine(), indentOnInput(), bracketMatching(), closeBrackets(), yaml(), syntaxHighlighting(colours), looks, lintGutter(),
      autocompletion({override: [complete], icons: false}), keymap.of([...completionKeymap, ...lintKeymap, ...historyKeymap, ...defaultKeymap]),
      EditorView.contentAttributes.of({'aria-label': 'The workflow as YAML', spellcheck: 'false', tabindex: '0'}),
      EditorView.updateListener.of((update) => { if (update.docChanged) changed.current(update.state.doc.toString()) }),
    ]})})
    view.current = made
    return () => made.destroy()
  }, [])
  useEffect(() => {
    const {state} = view.current!
    view.current!.dispatch(setDiagnostics(state, mistakes.map((mistake) => {
      const line = state.doc.line(Math.min(Math.max(mistake.line, 1), state.doc.lines))
      const from = Math.min(line.from + Math.max(mistake.column - 1, 0), line.to)
      return {from, to: Math.max(line.to, from), severity: 'error' as const, message: mistake.message}
    })))
  }, [mistakes])
  useEffect(() => {
    if (!goTo) return
    const line = view.current!.state.doc.line(Math.min(goTo.line, view.current!.state.doc.lines))
    view.current!.dispatch({selection: {anchor: line.from, head: line.to}, effects: EditorView.scrollIntoView(line.from, {y: 'center'})})
    view.current!.focus()
  }, [goTo])
  return <div ref={host} className="yaml-editor" />
}
