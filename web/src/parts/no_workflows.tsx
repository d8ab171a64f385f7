// Where there are no workflows: how the first one comes.
import {Curl, Empty} from './basics'

export function NoWorkflows() {
  return (
    <Empty title="There are no workflows">
      <p>A workflow says who has to agree to what, and what is done then. The server reads those of its folder; one can be sent, too:</p>
      <Curl>{`curl -X POST ${location.origin}/api/v1/workflows \\\n  -H 'Content-Type: application/yaml' --data-binary @workflow.yaml`}</Curl>
    </Empty>
  )
}
