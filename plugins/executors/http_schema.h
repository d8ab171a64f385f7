// plugins/executors/http_schema.h: the settings of the executor `http`.
#pragma once

inline constexpr char kHttpSchema[] = R"json({
  "type": "object",
  "required": ["url"],
  "additionalProperties": false,
  "examples": [
    {"url": "https://rollout.example.com/rollouts"},
    {"url": "https://rollout.example.com/rollouts", "answer": "poll", "poll": {"every": "15s"}}
  ],
  "properties": {
    "url": {
      "description": "What is called: https://, or http:// to a private address.",
      "type": "string", "minLength": 1, "maxLength": 2000
    },
    "method": {"enum": ["GET", "POST", "PUT", "PATCH", "DELETE"], "default": "POST"},
    "headers": {
      "description": "Further header lines; a value may be a secret.",
      "type": "object", "maxProperties": 50, "additionalProperties": {"type": "string"},
      "propertyNames": {"pattern": "^[A-Za-z0-9-]+$"}
    },
    "body": {
      "description": "Text as it is; anything else as JSON. Default: what the attempt is about, as JSON."
    },
    "timeout": {"description": "Of one request, such as 30s. Default: the attempt's.", "type": "string"},
    "answer": {
      "description": "What ends the attempt: the response, a status address that is asked, or a callback.",
      "enum": ["response", "poll", "callback"], "default": "response"
    },
    "poll": {
      "description": "The status address: url, or the JSON pointer to it in the response; else its Location header.",
      "type": "object", "additionalProperties": false,
      "properties": {
        "url": {"type": "string", "minLength": 1, "maxLength": 2000},
        "pointer": {"type": "string", "pattern": "^/"},
        "every": {"type": "string", "default": "10s"}
      }
    },
    "success": {"$ref": "#/$defs/rule"},
    "failure": {"$ref": "#/$defs/rule"},
    "idempotent": {
      "description": "The same request twice has one effect (the service heeds Idempotency-Key). Default: of GET, PUT and DELETE.",
      "type": "boolean"
    },
    "stop": {
      "description": "How work that goes on is ended. url: default the status address.",
      "type": "object", "additionalProperties": false,
      "properties": {
        "url": {"type": "string", "minLength": 1, "maxLength": 2000},
        "method": {"enum": ["DELETE", "POST"], "default": "DELETE"}
      }
    },
    "secret": {
      "description": "whsec_ and base64 of 24 to 64 random bytes, or a list of up to three: all sign, as Standard Webhooks says."
    },
    "allow_private": {
      "description": "Loopback and private addresses may be called.",
      "type": "boolean", "default": false
    }
  },
  "$defs": {
    "rule": {
      "type": "object", "additionalProperties": false, "minProperties": 1,
      "properties": {
        "status": {"type": "array", "minItems": 1, "items": {"type": "integer", "minimum": 100, "maximum": 599}},
        "json": {
          "type": "object", "additionalProperties": false, "required": ["pointer", "in"],
          "properties": {"pointer": {"type": "string", "pattern": "^/"}, "in": {"type": "array", "minItems": 1}}
        }
      }
    }
  }
})json";
