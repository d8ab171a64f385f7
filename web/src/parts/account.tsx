// Who one is, how the server knows, and what one may do there; and the end of the session.
import {useState} from 'react'
import {api, NoAnswer, Refused, take, type Caller} from '../api/client'
import {Ago, Banner, Button} from './basics'
import {Dialog} from './dialog'

export function AccountDialog({me, onClose}: {me: Caller; onClose: () => void}) {
  const [problem, tell] = useState('')
  const logOut = async () => {
    try {
      await take(api.POST('/api/v1/auth/logout', {}))
      location.assign('/')  // nothing that was read stays
    } catch (error) {
      tell(error instanceof Refused || error instanceof NoAnswer ? error.message : String(error))
    }
  }
  const list = (names: string[]) => names.length > 0 ? names.join(', ') : 'none'
  return (
    <Dialog title={me.id} onClose={onClose}>
      <div className="dialog-body" role="group" aria-label="Who you are" tabIndex={0}>
        {problem && <Banner kind="danger" title="Still logged in">{problem}</Banner>}
        <dl className="pairs">
          <div><dt>Roles</dt><dd>{list(me.roles)}</dd></div>
          <div><dt>Groups</dt><dd>{list(me.groups)}</dd></div>
          {me.expires_at && <div><dt>The session ends</dt><dd><Ago time={me.expires_at} /></dd></div>}
        </dl>
        <table>
          <caption>What you may do</caption>
          <thead><tr><th scope="col">Verb</th><th scope="col">May you</th><th scope="col">Because</th></tr></thead>
          <tbody>{me.may.map((one) => (
            <tr key={one.verb}><th scope="row">{one.verb}</th><td>{one.everywhere ? 'everywhere' : one.anywhere ? 'in some places' : 'no'}</td><td>{one.why}</td></tr>
          ))}</tbody>
        </table>
      </div>
      <footer><Button kind="quiet" onPress={onClose}>Close</Button><Button kind="danger" onPress={() => void logOut()}>Log out</Button></footer>
    </Dialog>
  )
}
