import { defineStore } from 'pinia'
import { get, post, remove, type Session, ApiError } from '../api/client'

function fits(pattern: string, right: string): boolean {
  if (pattern === '*') return true
  const p = pattern.split('.')
  const r = right.split('.')
  return p.length === 1 ? p[0] === r[0] : (p[0] === '*' || p[0] === r[0]) && (p[1] === '*' || p[1] === r[1])
}

export const useSession = defineStore('session', {
  state: () => ({ session: null as Session | null, asked: false }),
  getters: {
    loggedIn: (state) => state.session !== null,
    /** Only what the server would allow is offered; it checks again. */
    may: (state) => (right: string) => (state.session?.rights ?? []).some((pattern) => fits(pattern, right)),
  },
  actions: {
    async ask(): Promise<void> {
      if (this.asked) return
      try {
        this.session = await get<Session>('/session')
      } catch (problem) {
        if (!(problem instanceof ApiError) || problem.http !== 401) throw problem
        this.session = null
      }
      this.asked = true
    },
    async logIn(account: string, password: string): Promise<void> {
      this.session = await post<Session>('/session', { account, password })
      this.asked = true
    },
    async logOut(): Promise<void> {
      await remove('/session')
      this.session = null
    },
    forget(): void {
      this.session = null
    },
  },
})
