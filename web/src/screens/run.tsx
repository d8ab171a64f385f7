// One run.
import {useParams} from '@tanstack/react-router'
import {RunPanel} from '../run/panel'
import {Empty} from '../parts/basics'

export function RunScreen() {
  const {id} = useParams({strict: false}) as {id: string}
  if (!/^[1-9]\d{0,14}$/.test(id)) return <div className="narrow"><h1>Run {id}</h1><Empty title="There is no such run">A run’s number is a number, for example <code>/runs/1</code>.</Empty></div>
  return <div className="narrow"><RunPanel key={id} id={Number(id)} isAlone /></div>
}
