// What may stand at a place of a workflow, as its JSON Schema says: config/schema/workflow.schema.json,
// which editors use too.
import type {Place} from './yaml_path'

export interface Schema {
  $ref?: string; const?: unknown; enum?: unknown[]; type?: string | string[]; description?: string; default?: unknown
  properties?: Record<string, Schema>; required?: string[]; additionalProperties?: Schema | boolean; items?: Schema
  anyOf?: Schema[]; oneOf?: Schema[]; allOf?: Schema[]; if?: Schema; then?: Schema; else?: Schema; $defs?: Record<string, Schema>
}

export interface Choice { label: string; detail?: string; info?: string; isKey: boolean }

// Every schema that may hold at once: references followed, alternatives side by side.
function spread(schema: Schema | boolean | undefined, root: Schema, depth = 0): Schema[] {
  if (!schema || typeof schema === 'boolean' || depth > 12) return []
  const found: Schema[] = [schema]
  if (schema.$ref) found.push(...spread(root.$defs?.[schema.$ref.replace('#/$defs/', '')], root, depth + 1))
  for (const one of [...(schema.anyOf ?? []), ...(schema.oneOf ?? []), ...(schema.allOf ?? []), schema.then, schema.else]) found.push(...spread(one, root, depth + 1))
  return found
}

// Lists are transparent, as in a Place.
function mappings(schemas: Schema[], root: Schema): Schema[] {
  return schemas.flatMap((schema) => schema.items ? [schema, ...mappings(spread(schema.items, root), root)] : [schema])
}

function below(root: Schema, path: string[]): Schema[] {
  let at = mappings(spread(root, root), root)
  for (const key of path) {
    at = mappings(at.flatMap((schema) => {
      const own = schema.properties?.[key]
      if (own) return spread(own, root)
      return typeof schema.additionalProperties === 'object' ? spread(schema.additionalProperties, root) : []
    }), root)
  }
  return at
}

const text = (value: unknown) => typeof value === 'string' ? value : JSON.stringify(value)

export function choicesAt(root: Schema, place: Place): Choice[] {
  const found = new Map<string, Choice>()
  if (place.key) {
    for (const schema of below(root, [...place.path, place.key])) {
      const values = [...(schema.enum ?? []), ...(schema.const !== undefined ? [schema.const] : []), ...(schema.type === 'boolean' ? [true, false] : [])]
      for (const value of values) found.set(text(value), {label: text(value), info: schema.description, isKey: false})
    }
    return [...found.values()]
  }
  for (const schema of below(root, place.path)) {
    for (const [name, property] of Object.entries(schema.properties ?? {})) {
      if (place.used.includes(name)) continue
      const info = property.description ?? spread(property, root).find((one) => one.description)?.description
      found.set(name, {label: name, info, detail: schema.required?.includes(name) ? 'needed' : undefined, isKey: true})
    }
  }
  return [...found.values()]
}
