// A form drawn from a JSON Schema: choices, texts, numbers and switches as fields, everything else as
// JSON. It only helps to write; the server checks.
import {useEffect, useMemo, useState} from 'react'
import {Field} from '../run/actions'

interface Property {
  type?: string | string[]; enum?: unknown[]; const?: unknown; default?: unknown; title?: string; description?: string
  maxLength?: number; minimum?: number; maximum?: number; pattern?: string; format?: string; examples?: unknown[]
}
interface Schema { properties?: Record<string, Property>; required?: string[]; type?: string }

type Texts = Record<string, string>

const isText = (p: Property) => p.type === 'string'
const isNumber = (p: Property) => p.type === 'integer' || p.type === 'number'

function first(property: Property): string {
  const value = property.const ?? property.default
  if (value === undefined) return property.type === 'boolean' ? 'false' : ''
  return typeof value === 'string' ? value : JSON.stringify(value)
}

// What the texts say as values; nothing for what is left empty. Throws what is no JSON.
export function valuesOf(schema: Schema, texts: Texts): Record<string, unknown> {
  const values: Record<string, unknown> = {}
  for (const [name, property] of Object.entries(schema.properties ?? {})) {
    const text = texts[name] ?? ''
    if (text === '') continue
    if (property.enum) values[name] = property.enum.find((v) => (typeof v === 'string' ? v : JSON.stringify(v)) === text)
    else if (isText(property)) values[name] = text
    else if (isNumber(property)) values[name] = Number(text)
    else values[name] = JSON.parse(text)
  }
  return values
}

export function SchemaForm({schema, label, onChange, problems = {}}:
  {schema: object; label: string; onChange: (value: object, ok: boolean) => void; problems?: Record<string, string>}) {
  const known = schema as Schema
  const properties = useMemo(() => Object.entries(known.properties ?? {}), [known])
  const [texts, setTexts] = useState<Texts>(() => Object.fromEntries(properties.map(([name, p]) => [name, first(p)])))
  const [json, setJson] = useState<string | null>(properties.length === 0 ? '{}' : null)
  const [bad, setBad] = useState('')
  useEffect(() => {
    try {
      const value = json === null ? valuesOf(known, texts) : JSON.parse(json) as object
      setBad('')
      onChange(value, true)
    } catch (error) {
      setBad((error as Error).message)
      onChange({}, false)
    }
  }, [json, texts])
  const set = (name: string, text: string) => setTexts((old) => ({...old, [name]: text}))
  return (
    <fieldset className="schema-form">
      <legend>{label}</legend>
      {json !== null ? (
        <Field label="JSON" problem={bad || problems['']}>
          <textarea className="code" rows={8} value={json} onChange={(e) => setJson(e.target.value)} spellCheck={false} />
        </Field>
      ) : properties.map(([name, property]) => (
        <Field key={name} label={property.title ?? name} hint={property.description} must={known.required?.includes(name)} problem={problems[name]}>
          <Input property={property} text={texts[name] ?? ''} set={(text) => set(name, text)} must={known.required?.includes(name) ?? false} />
        </Field>
      ))}
      {json === null && bad && <p className="problem">{bad}</p>}
      {properties.length > 0 && (
        <button type="button" className="link" onClick={() => {
          try { setJson(json === null ? JSON.stringify(valuesOf(known, texts), null, 2) : null) } catch { setJson('{}') }
        }}>{json === null ? 'Write it as JSON' : 'Back to the fields'}</button>
      )}
    </fieldset>
  )
}

function Input({property, text, set, must}: {property: Property; text: string; set: (text: string) => void; must: boolean}) {
  if (property.enum) {
    return (
      <select value={text} onChange={(e) => set(e.target.value)}>
        {!(must && property.default !== undefined) && <option value="">(nothing)</option>}
        {property.enum.map((value) => {
          const shown = typeof value === 'string' ? value : JSON.stringify(value)
          return <option key={shown} value={shown}>{shown}</option>
        })}
      </select>
    )
  }
  if (property.type === 'boolean') {
    return <input type="checkbox" checked={text === 'true'} onChange={(e) => set(String(e.target.checked))} />
  }
  if (isNumber(property)) {
    return <input type="number" step={property.type === 'integer' ? 1 : 'any'} min={property.minimum} max={property.maximum}
                  value={text} onChange={(e) => set(e.target.value)} />
  }
  if (isText(property)) return <input value={text} maxLength={property.maxLength} onChange={(e) => set(e.target.value)} />
  return <textarea className="code" rows={3} value={text} placeholder="JSON" onChange={(e) => set(e.target.value)} spellCheck={false} />
}
