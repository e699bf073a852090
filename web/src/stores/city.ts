import { defineStore } from 'pinia'
import { get, type City, type Title } from '../api/client'

export interface MapJson {
  type: 'FeatureCollection'
  features: { id?: string | number; properties: Record<string, unknown>; geometry: unknown }[]
}

/** The city as its pack defines it, the period one looks at, and the figure whose origin is open. */
export const useCity = defineStore('city', {
  state: () => ({
    city: null as City | null,
    map: null as MapJson | null,
    period: '',
    explain: null as null | { indicator: string; unit: string; period: string },
  }),
  getters: {
    topUnit: (state) => state.city?.units.find((u) => u.parent === null) ?? state.city?.units[0],
    indicator: (state) => (name: string) => state.city?.indicators.find((i) => i.name === name),
    unit: (state) => (code: string) => state.city?.units.find((u) => u.code === code),
    ranked: (state) => state.city?.indicators.filter((i) => i.ranked) ?? [],
  },
  actions: {
    async load(): Promise<void> {
      if (this.city) return
      const [city, map] = await Promise.all([get<City>('/city'), get<MapJson>('/map')])
      this.city = city
      this.map = map
      this.period = city.periods.at(-1) ?? ''
    },
    forget(): void {
      this.city = null
      this.map = null
      this.explain = null
    },
    open(indicator: string, unit: string, period: string): void {
      this.explain = { indicator, unit, period }
    },
  },
})

export function inLang(title: Title | undefined, lang: string): string {
  return title ? (lang === 'en' ? title.en : title.zh) : ''
}
