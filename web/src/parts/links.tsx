// A link to a run.
import {Link} from '@tanstack/react-router'

export function RunLink({id, name}: {id: number; name?: string}) {
  return <Link to="/runs/$id" params={{id: String(id)}}>{name ? `${name} #${id}` : `#${id}`}</Link>
}
