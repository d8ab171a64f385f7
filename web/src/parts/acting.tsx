// Who the page acts as, while the server asks nobody to prove who they are.
import {useQueryClient} from '@tanstack/react-query'
import {useState} from 'react'
import {actor, setActor} from '../api/identity'
import {Field} from '../run/actions'
import {Banner, Button} from './basics'
import {Dialog} from './dialog'

const name = /^[A-Za-z0-9._@:+-]{1,128}$/

export function parseActor(value: string): {id: string; roles: string; groups: string} {
  const [id = '', ...rest] = value.split(';').map((part) => part.trim())
  const of = (key: string) => rest.find((part) => part.startsWith(`${key}=`))?.slice(key.length + 1) ?? ''
  return {id, roles: of('roles'), groups: of('groups')}
}

const tidy = (list: string) => list.split(/[\s,]+/).filter(Boolean)

export function formatActor(id: string, roles: string, groups: string): string {
  const parts = [id]
  if (tidy(roles).length > 0) parts.push(`roles=${tidy(roles).join(',')}`)
  if (tidy(groups).length > 0) parts.push(`groups=${tidy(groups).join(',')}`)
  return parts.join('; ')
}

export function ActingDialog({onClose}: {onClose: () => void}) {
  const queries = useQueryClient()
  const [told, tell] = useState(() => parseActor(actor()))
  const bad = (list: string) => tidy(list).some((item) => !name.test(item)) ? 'Letters, digits and . _ @ : + - only.' : undefined
  const badId = told.id && !name.test(told.id) ? 'Letters, digits and . _ @ : + - only.' : undefined
  const use = (value: string) => { setActor(value); void queries.resetQueries(); onClose() }
  return (
    <Dialog title="Acting as" onClose={onClose}>
      <form onSubmit={(e) => { e.preventDefault(); if (told.id && !badId && !bad(told.roles) && !bad(told.groups)) use(formatActor(told.id, told.roles, told.groups)) }}>
        <div className="dialog-body">
          <Banner kind="warning">This server asks nobody to prove who they are. Say whom you act for; it is kept by this browser and recorded with what you do.</Banner>
          <Field label="Name" must problem={badId}><input autoFocus value={told.id} onChange={(e) => tell({...told, id: e.target.value})} placeholder="alice" autoComplete="off" /></Field>
          <Field label="Roles" hint="What lets you vote, for example qa, devops." problem={bad(told.roles)}><input value={told.roles} onChange={(e) => tell({...told, roles: e.target.value})} autoComplete="off" /></Field>
          <Field label="Groups" problem={bad(told.groups)}><input value={told.groups} onChange={(e) => tell({...told, groups: e.target.value})} autoComplete="off" /></Field>
        </div>
        <footer><Button kind="quiet" onPress={() => use('')}>Act as everybody (dev)</Button><Button kind="primary" type="submit" isDisabled={!told.id || !!badId}>Use it</Button></footer>
      </form>
    </Dialog>
  )
}
