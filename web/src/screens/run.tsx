// One run.
import {useParams} from '@tanstack/react-router'
import {RunPanel} from '../run/panel'
import {Empty} from '../parts/basics'

export function RunScreen() {
  const {id} = useParams({strict: false}) as {id: string}
  if (!/^[1-9]\d{0,14}$/.test(id)) return <Empty title="There is no such run">A run’s number is a number, for example <code>/runs/1</code>.</Empty>
  return <div className="narrow"><RunPanel key={id} id={Number(id)} isAlone /></div>
}
