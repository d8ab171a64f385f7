// Who is there has to be known before anything is shown, where the server asks for it.
import {useQuery} from '@tanstack/react-query'
import {useState, type ReactNode} from 'react'
import {api, NoAnswer, Refused, take} from '../api/client'
import {meQuery} from '../api/queries'
import {Field} from '../run/actions'
import {Banner, Button, Failure, Skeleton} from './basics'

// What is around everything: the screens for whoever is known, the form for everybody else.
export function Door({children}: {children: ReactNode}) {
  const me = useQuery(meQuery)
  if (me.data) return children
  if (me.error instanceof Refused && me.error.problem.status === 401) return <LogIn />
  return <main className="narrow">{me.error ? <Failure error={me.error} what="Who you are" retry={() => void me.refetch()} /> : <Skeleton what="who you are" rows={3} />}</main>
}

function LogIn() {
  const [username, setName] = useState('')
  const [password, setPassword] = useState('')
  const [isSending, send] = useState(false)
  const [problem, tell] = useState('')
  const logIn = async () => {
    send(true)
    tell('')
    try {
      await take(api.POST('/api/v1/auth/token', {body: {username, password, cookie: true}}))
      location.reload()  // everything is read anew, as whoever this is
    } catch (error) {
      tell(error instanceof Refused || error instanceof NoAnswer ? error.message : String(error))
      setPassword('')
      send(false)
    }
  }
  return (
    <main className="narrow login">
      <h1>Log in to Gatewright</h1>
      <form onSubmit={(event) => { event.preventDefault(); if (username && password) void logIn() }}>
        {problem && <Banner kind="danger" title="Not logged in">{problem}</Banner>}
        <Field label="Name" must><input autoFocus name="username" autoComplete="username" value={username} onChange={(e) => setName(e.target.value)} /></Field>
        <Field label="Password" must><input type="password" name="password" autoComplete="current-password" value={password} onChange={(e) => setPassword(e.target.value)} /></Field>
        <Button kind="primary" type="submit" isDisabled={isSending || !username || !password}>Log in</Button>
      </form>
      <p className="faint">Whoever keeps this server's directory can add you to it. Programs use a token: <code>gatewright token create</code>.</p>
    </main>
  )
}
