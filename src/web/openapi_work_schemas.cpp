// The schemas of requests, work items, decisions and other acts, and events.

#include "web/openapi.h"

namespace countersign::web {

std::string_view schemas_of_work() {
  static constexpr std::string_view kSchemas = R"json({
  "Start": {
    "type": "object",
    "properties": {
      "form": {"type": "object", "description": "values of the workflow's form, see form-schema"},
      "requester": {"type": "string", "description": "a person's id; default: the key's person"}
    },
    "required": ["form"]
  },
  "Started": {
    "type": "object",
    "properties": {
      "id": {"type": "string"}, "reference": {"type": "string"},
      "status": {"type": "string"}, "url": {"type": "string"},
      "incident": {"type": ["string", "null"], "description": "why it stands still already"}
    },
    "required": ["id", "reference", "status", "url", "incident"]
  },
  "Instance": {
    "type": "object",
    "properties": {
      "id": {"type": "string"}, "workflow": {"type": "string"},
      "version": {"type": "string"}, "title": {"type": ["string", "null"]},
      "reference": {"type": "string"}, "key": {"type": ["string", "null"]},
      "status": {"type": "string"}, "ended": {"type": "boolean"},
      "stage": {"type": ["string", "null"]}, "round": {"type": "integer"},
      "requester": {"type": ["string", "null"]},
      "started_at": {"type": "string", "format": "date-time"},
      "ended_at": {"type": ["string", "null"]}, "form": {"type": "object"},
      "steps": {"type": "array", "items": {"type": "object"}},
      "passed_over": {"type": "array", "items": {"type": "object"}},
      "open_steps": {"type": "array", "items": {"type": "object"}},
      "timers": {"type": "array", "items": {"type": "object"}},
      "work_items": {"type": "array", "items": {"$ref": "#/components/schemas/WorkItem"}},
      "seq": {"type": "integer"}, "incident": {"type": ["string", "null"]},
      "url": {"type": "string"}
    }
  },
  "Instances": {
    "type": "object",
    "properties": {
      "instances": {"type": "array", "items": {"type": "object"}},
      "next_cursor": {"type": ["string", "null"]}
    }
  },
  "Events": {
    "type": "object",
    "properties": {
      "events": {"type": "array", "items": {"type": "object"}},
      "next_after": {"type": ["integer", "null"]}
    }
  },
  "Feed": {
    "type": "object",
    "properties": {
      "events": {"type": "array", "items": {"type": "object"}},
      "cursor": {"type": "string", "description": "where to go on: after=CURSOR"}
    }
  },
  "WorkItem": {
    "type": "object",
    "properties": {
      "id": {"type": "string"}, "instance": {"type": "string"},
      "reference": {"type": "string"}, "workflow": {"type": "string"},
      "step": {"type": "string"}, "title": {"type": "string"},
      "assignee": {"type": ["string", "null"]}, "group": {"type": ["string", "null"]},
      "status": {
        "enum": ["waiting", "open", "decided", "superseded", "cancelled", "expired", "reassigned", "advised"]
      },
      "version": {"type": "integer"}, "round": {"type": "integer"},
      "opened_at": {"type": "string", "format": "date-time"},
      "due_at": {"type": ["string", "null"]}, "closed_at": {"type": ["string", "null"]},
      "outcome": {"type": ["string", "null"]}, "decided_by": {"type": ["string", "null"]},
      "on_behalf_of": {"type": ["string", "null"], "description": "in whose place they decided"},
      "channel": {"type": ["string", "null"]}, "comment": {"type": ["string", "null"]},
      "added": {
        "enum": ["before", "after", "beside", "opinion", null],
        "description": "how another of the step's people added whoever this is before"
      },
      "added_by": {"type": ["string", "null"]}, "transferred_by": {"type": ["string", "null"]},
      "outcomes": {
        "type": "array", "items": {"type": "string"},
        "description": "what may be answered, while it is open"
      },
      "stand_ins": {
        "type": "array",
        "items": {
          "type": "object",
          "properties": {
            "absent": {"type": "string"}, "stand_in": {"type": "string"},
            "until": {"type": "string", "format": "date-time"}
          }
        },
        "description": "who may act in whose place now, while it is open"
      },
      "stand_in_notes": {
        "type": "array", "items": {"type": "string"}, "description": "why nobody stands in for somebody"
      }
    }
  },
  "WorkItems": {
    "type": "object",
    "properties": {
      "work_items": {"type": "array", "items": {"$ref": "#/components/schemas/WorkItem"}},
      "next_cursor": {"type": ["string", "null"]}
    }
  },
  "Decision": {
    "type": "object",
    "properties": {
      "outcome": {"type": "string"}, "comment": {"type": "string"},
      "answers": {"type": "object", "description": "values of the step's ask"},
      "form": {
        "type": "object",
        "description": "changed values of the form, where the step lets them be edited"
      },
      "checklist": {"type": "array", "items": {"type": "string"}},
      "return_to": {
        "type": "string",
        "description": "with outcome returned: a step's id or requester"
      },
      "confirmed": {
        "type": "boolean",
        "description": "what the step wants confirmed with an approval is"
      },
      "version": {
        "type": "integer",
        "description": "the item's version as seen; or send an Idempotency-Key"
      }
    },
    "required": ["outcome"]
  },
  "Decided": {
    "type": "object",
    "properties": {
      "id": {"type": "string"}, "instance": {"type": "string"}, "reference": {"type": "string"},
      "status": {"type": "string"}, "outcome": {"type": "string"},
      "instance_status": {"type": "string"}
    }
  },
  "HandOver": {
    "type": "object",
    "properties": {
      "to": {"type": "string", "description": "a person's id or mail address"},
      "comment": {"type": "string"},
      "version": {
        "type": "integer",
        "description": "the item's version as seen; or send an Idempotency-Key"
      }
    },
    "required": ["to"]
  },
  "AddApprover": {
    "type": "object",
    "properties": {
      "who": {"type": "array", "items": {"type": "string"}, "description": "ids or mail addresses, at most 20"},
      "where": {"enum": ["before", "after", "beside"]},
      "comment": {"type": "string"}, "version": {"type": "integer"}
    },
    "required": ["who", "where"]
  },
  "ItemAct": {
    "type": "object",
    "properties": {
      "reason": {"type": "string", "description": "an administrator's, who does it for somebody else"},
      "version": {"type": "integer"}
    }
  },
  "ItemActed": {
    "type": "object",
    "properties": {
      "id": {"type": "string"}, "instance": {"type": "string"}, "reference": {"type": "string"},
      "version": {"type": ["integer", "null"], "description": "null: the item is closed now"},
      "opened": {
        "type": "array", "items": {"type": "string"}, "description": "work items that it opened"
      },
      "instance_status": {"type": "string"}
    }
  },
  "Copies": {
    "type": "object",
    "properties": {
      "to": {"type": "array", "items": {"type": "string"}, "description": "ids or mail addresses, at most 50"},
      "comment": {"type": "string"}
    },
    "required": ["to"]
  },
  "Advance": {
    "type": "object",
    "properties": {"advance": {"type": "string", "description": "2 days 3 hours"}},
    "required": ["advance"]
  },
  "Decisions": {
    "type": "object",
    "properties": {
      "decisions": {
        "type": "array", "maxItems": 100,
        "items": {
          "allOf": [{"$ref": "#/components/schemas/Decision"}, {
              "type": "object",
              "properties": {"id": {"type": "string"}},
              "required": ["id"]
            }]
        }
      }
    },
    "required": ["decisions"]
  },
  "DecisionResults": {
    "type": "object",
    "properties": {
      "results": {
        "type": "array",
        "items": {
          "type": "object",
          "properties": {
            "id": {"type": "string"},
            "status": {"type": "integer"},
            "answer": {"type": "object"},
            "problem": {
              "$ref": "#/components/schemas/Problem"
            }
          }
        }
      }
    }
  },
  "Nothing": {"type": "object", "properties": {}, "additionalProperties": false},
  "Reason": {"type": "object", "properties": {"reason": {"type": "string"}}},
  "CommentText": {"type": "object", "properties": {"text": {"type": "string"}}, "required": ["text"]},
  "Event": {
    "type": "object", "properties": {"name": {"type": "string"}, "data": {"type": "object"}},
    "required": ["name"]
  },
  "SentEvent": {
    "type": "object",
    "properties": {
      "name": {"type": "string"}, "key": {"type": "string"},
      "workflow": {"type": "string"}, "data": {"type": "object"}
    },
    "required": ["name"]
  },
  "Reached": {
    "type": "object",
    "properties": {
      "instances": {"type": "array", "items": {"type": "string"}},
      "incidents": {"type": "array", "items": {"type": "string"}}
    },
    "required": ["instances"]
  },
  "Resubmission": {
    "type": "object",
    "properties": {
      "form": {"type": "object"}, "comment": {"type": "string"},
      "version": {"type": "integer"}
    }
  },
  "AdminAct": {
    "type": "object",
    "properties": {
      "act": {"enum": ["reassign", "retry", "skip", "jump", "migrate"]},
      "reason": {"type": "string"},
      "step": {"type": "string", "description": "of skip and jump"},
      "item": {"type": ["string", "integer"]}, "to": {"type": "string"},
      "activation": {"type": "integer"},
      "version": {"type": "string", "description": "of migrate: where to; none: the version in force"}
    },
    "required": ["act", "reason"]
  }
})json";
  return kSchemas;
}

}  // namespace countersign::web
