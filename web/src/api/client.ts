// The one place that talks to the server. Types come from api/openapi.yaml (schema.ts is made from it
// before every build), so a page that asks for what is not there does not compile.
import type { components } from './schema'

export type Schemas = components['schemas']
export type Title = Schemas['Title']
export type Session = Schemas['Session']
export type City = Schemas['City']
export type Ranking = Schemas['Ranking']
export type RankRow = Schemas['RankRow']
export type Alerts = Schemas['Alerts']
export type Figure = Schemas['Figure']
export type Explanation = Schemas['Explanation']
export type Series = Schemas['Series']
export type FormGrid = Schemas['FormGrid']
export type Records = Schemas['Records']
export type RecordFile = Schemas['RecordFile']
export type RecordLinks = Schemas['RecordLinks']
export type RecordFigures = Schemas['RecordFigures']
export type RecordChanged = Schemas['RecordChanged']
export type RecordsGone = Schemas['RecordsGone']
export type HeldRows = Schemas['HeldRows']
export type Attachments = Schemas['Attachments']
export type Views = Schemas['Views']
export type Warnings = Schemas['Warnings']
export type Outcome = Schemas['Outcome']
export type Run = Schemas['Run']
export type RunPage = Schemas['RunPage']
export type Entitlement = Schemas['Entitlement']
export type PolicyTable = Schemas['PolicyTables']['tables'][number]
export type WhatIfResult = Schemas['WhatIfResult']
export type Published = Schemas['Published']
export type Differences = Schemas['Differences']
export type Events = Schemas['Events']
export type Verdict = Schemas['Verdict']
export type Message = Schemas['Message']

export class ApiError extends Error {
  constructor(
    readonly http: number,
    readonly status: string,
    message: string,
    readonly messages: Message[],
  ) {
    super(message)
  }
}

type Query = Record<string, string | number | boolean | null | undefined>

let language = 'zh'
let onLoggedOut: () => void = () => {}
export function setApiLanguage(lang: string): void {
  language = lang
}
/** Called when the server says that nobody is logged in (any more). */
export function setLoggedOutHandler(handler: () => void): void {
  onLoggedOut = handler
}

export function apiUrl(path: string, query: Query = {}): string {
  const params = new URLSearchParams()
  for (const [key, value] of Object.entries(query))
    if (value !== null && value !== undefined && value !== '') params.set(key, String(value))
  const text = params.toString()
  return `/api${path}${text ? `?${text}` : ''}`
}

async function problemOf(reply: Response): Promise<ApiError> {
  try {
    const problem = (await reply.json()) as Schemas['Problem']
    return new ApiError(reply.status, problem.status, problem.message, problem.messages)
  } catch {
    return new ApiError(reply.status, 'HTTP', `HTTP ${reply.status}`, [])
  }
}

async function send(method: string, path: string, query: Query, body?: BodyInit, type?: string): Promise<Response> {
  const headers: Record<string, string> = { 'Accept-Language': language }
  if (method !== 'GET') headers['X-Kechuang'] = '1'
  if (type) headers['Content-Type'] = type
  let reply: Response
  try {
    reply = await fetch(apiUrl(path, query), { method, headers, body, credentials: 'same-origin' })
  } catch {
    throw new ApiError(0, 'NETWORK', language === 'en' ? 'The server does not answer.' : '服务器没有响应，请检查网络。', [])
  }
  if (reply.status === 401 && path !== '/session') onLoggedOut()
  if (!reply.ok) throw await problemOf(reply)
  return reply
}

export async function get<T>(path: string, query: Query = {}): Promise<T> {
  return (await send('GET', path, query)).json() as Promise<T>
}
export async function post<T>(path: string, body: unknown, query: Query = {}): Promise<T> {
  return (await send('POST', path, query, JSON.stringify(body), 'application/json')).json() as Promise<T>
}
export async function remove<T>(path: string): Promise<T> {
  return (await send('DELETE', path, {})).json() as Promise<T>
}
/** Sends a file as it is. */
export async function upload<T>(path: string, file: File, query: Query = {}): Promise<T> {
  return (await send('POST', path, { ...query, file: file.name }, file, 'application/octet-stream')).json() as Promise<T>
}

function save(blob: Blob, name: string): void {
  const link = document.createElement('a')
  link.href = URL.createObjectURL(blob)
  link.download = name
  link.click()
  setTimeout(() => URL.revokeObjectURL(link.href), 10000)
}
function nameOf(reply: Response, fallback: string): string {
  const match = /filename\*=UTF-8''([^;]+)/.exec(reply.headers.get('Content-Disposition') ?? '')
  return match ? decodeURIComponent(match[1]) : fallback
}
/** A text the server makes, such as a document's page. */
export async function text(path: string, query: Query = {}): Promise<string> {
  return (await send('GET', path, query)).text()
}
/** Fetches a file and hands it to the browser to keep. */
export async function download(path: string, query: Query, fallback: string): Promise<void> {
  const reply = await send('GET', path, query)
  save(await reply.blob(), nameOf(reply, fallback))
}
/** A file that is noted when it is made. */
export async function make(path: string, query: Query, fallback: string): Promise<void> {
  const reply = await send('POST', path, query)
  save(await reply.blob(), nameOf(reply, fallback))
}
/** Sends a file and keeps the file that comes back. */
export async function exchange(path: string, file: File, query: Query, fallback: string): Promise<void> {
  const reply = await send('POST', path, { ...query, file: file.name }, file, 'application/octet-stream')
  save(await reply.blob(), nameOf(reply, fallback))
}
