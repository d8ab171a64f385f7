// Views of the runs that somebody named: filters, kept by this browser under a name.
export interface View<Filters> { name: string; filters: Filters }

const most = 20
const names = ['workflow', 'state', 'status', 'stage', 'requester', 'q']

// What was kept; what is not understood any more is left out.
export function readViews<Filters>(kept: string | null): View<Filters>[] {
  try {
    const list: unknown = JSON.parse(kept ?? '[]')
    if (!Array.isArray(list)) return []
    return list.filter((view): view is View<Filters> => typeof view?.name === 'string' && view.name !== '' && typeof view.filters === 'object' && view.filters !== null)
      .map(({name, filters}) => ({name, filters: Object.fromEntries(Object.entries(filters as object).filter(([key, value]) => names.includes(key) && typeof value === 'string')) as Filters}))
      .slice(0, most)
  } catch { return [] }
}

// The same name again is that view, changed. Null: there are too many.
export function withView<Filters>(views: View<Filters>[], view: View<Filters>): View<Filters>[] | null {
  const others = views.filter((known) => known.name !== view.name)
  return others.length >= most ? null : [...others, view]
}
