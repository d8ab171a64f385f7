// The API as docs/openapi.yaml describes it. Every refusal becomes a Refused, no answer a NoAnswer.
import createClient, {type Middleware} from 'openapi-fetch'
import type {components, paths} from '../../generated/openapi'
import {actor} from './identity'

type Schemas = components['schemas']
export type Problem = Schemas['Problem']
export type Caller = Schemas['Caller']
export type RunSummary = Schemas['RunSummary']
export type Run = Schemas['Run']
export type Stage = Schemas['Stage']
export type Gate = Schemas['Gate']
export type CastVote = Schemas['CastVote']
export type Attempt = Schemas['Attempt']
export type Explanation = Schemas['Explanation']
export type Rule = Schemas['RuleExplanation']
export type WaitsFor = Schemas['WaitsFor']
export type Viewer = Schemas['ViewerExplanation']
export type InboxItem = Schemas['InboxItem']
export type HistoryItem = Schemas['HistoryItem']
// Said twice in the description: briefly in a list, in full for one.
type FullStage = {name: string; done_state: string; when: unknown; gate: Record<string, unknown> | null; wait: string; action: Record<string, unknown> | null}
export type Workflow = Omit<Schemas['Workflow'], 'stages'> & {stages: FullStage[]}
export type WorkflowSummary = Schemas['WorkflowSummary']
export type Graph = Schemas['Graph']
export type Numbers = Schemas['Numbers']
export type BulkAnswer = Schemas['BulkAnswer']

export class Refused extends Error {
  constructor(readonly problem: Problem) { super(problem.detail) }
}

export class NoAnswer extends Error {
  constructor() { super('The server did not answer.') }
}

export function randomKey(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (n) => n.toString(16).padStart(2, '0')).join('')
}

const speak: Middleware = {
  onRequest({request}) {
    const name = actor()
    if (name) request.headers.set('X-Gatewright-Actor', name)
    // Answers with secrets are not kept, so there is nothing to repeat.
    const isSecret = new URL(request.url).pathname.startsWith('/api/v1/auth/')
    if (request.method === 'POST' && !isSecret && !request.headers.has('Idempotency-Key')) {
      request.headers.set('Idempotency-Key', randomKey())
    }
    return request
  },
}

export const api = createClient<paths>({baseUrl: location.origin, fetch: (request) => fetch(request).catch(() => { throw new NoAnswer() })})
api.use(speak)

// The data of an answer; throws what was refused.
export async function take<T>(answer: Promise<{data?: T; error?: unknown; response: Response}>): Promise<T> {
  const {data, error, response} = await answer
  if (response.ok) return data as T
  if (error && typeof error === 'object' && 'code' in error) throw new Refused(error as Problem)
  throw new Refused({
    type: 'about:blank', title: response.statusText || 'Not understood', status: response.status,
    detail: `The server answered ${response.status} without saying why.`, code: 'unknown',
    request_id: response.headers.get('X-Request-Id') ?? 'unknown',
  })
}
