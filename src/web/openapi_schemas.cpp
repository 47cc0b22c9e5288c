// The schemas of bodies and answers that the description of the API names.

#include "web/openapi.h"

namespace countersign::web {

std::string_view openapi_schemas() {
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
  },
  "Done": {"type": "object"},
  "Workflow": {
    "type": "object",
    "properties": {
      "id": {"type": "string"}, "title": {"type": "string"}, "version": {"type": "string"},
      "started_by_form": {"type": "boolean"},
      "triggers": {"type": "array", "items": {"type": "object"}},
      "statuses": {"type": "array", "items": {"type": "string"}},
      "stages": {"type": "array", "items": {"type": "string"}},
      "steps": {"type": "array", "items": {"type": "object"}},
      "source": {"type": "string"},
      "messages": {"type": "object", "additionalProperties": {"type": "string"}},
      "tables": {"type": "object", "additionalProperties": {"type": "string"}}
    }
  },
  "Workflows": {
    "type": "object",
    "properties": {
      "workflows": {"type": "array", "items": {"type": "object"}},
      "next_cursor": {"type": ["string", "null"]}
    }
  },
  "Versions": {
    "type": "object",
    "properties": {
      "versions": {
        "type": "array",
        "items": {
          "type": "object",
          "properties": {
            "version": {"type": "string"},
            "first_used_at": {"type": ["string", "null"], "format": "date-time"},
            "in_force": {"type": "boolean"}, "in_use": {"type": "boolean"}
          }
        }
      },
      "next_cursor": {"type": "null"}
    }
  },
  "Version": {
    "type": "object",
    "properties": {
      "workflow": {"type": "string"}, "version": {"type": "string"}, "source": {"type": "string"},
      "messages": {"type": "object", "additionalProperties": {"type": "string"}},
      "tables": {"type": "object", "additionalProperties": {"type": "string"}}
    }
  },
  "Migration": {
    "type": "object",
    "description": "what moving each open instance would meet",
    "properties": {
      "version": {"type": "string"},
      "instances": {
        "type": "array",
        "items": {
          "type": "object",
          "properties": {
            "id": {"type": "string"}, "reference": {"type": "string"}, "version": {"type": "string"},
            "moves": {"type": "boolean"}, "obstacles": {"type": "array", "items": {"type": "string"}},
            "fills": {
              "type": "array", "items": {"type": "string"},
              "description": "fields that its form lacks and that would be filled in, where default or computed gives a value"
            }
          }
        }
      },
      "next_cursor": {"type": ["string", "null"]}
    }
  },
  "OwedStart": {
    "type": "object",
    "properties": {
      "person": {"type": "string", "description": "for whom, where the schedule has one start for each person"}
    }
  },
  "OwedStarted": {
    "type": "object",
    "properties": {
      "instances": {
        "type": "array",
        "items": {
          "type": "object",
          "properties": {
            "id": {"type": "string"}, "person": {"type": ["string", "null"]},
            "existed": {"type": "boolean", "description": "it had been started before"}
          }
        }
      }
    }
  },
  "Schema": {"type": "object", "description": "a JSON Schema (2020-12)"},
  "File": {
    "type": "object",
    "properties": {
      "id": {"type": "string"}, "sha256": {"type": "string"}, "name": {"type": "string"},
      "size": {"type": "integer"}, "type": {"type": "string"}
    }
  },
  "NewKey": {
    "type": "object",
    "properties": {
      "name": {"type": "string"},
      "person": {
        "type": "string",
        "description": "whose acts they are; none: a system's key"
      },
      "scopes": {
        "type": "array",
        "items": {"enum": ["start", "read", "decide", "admin", "act-as"]}
      },
      "expires_at": {"type": "string", "format": "date-time"}
    },
    "required": ["name", "scopes"]
  },
  "CreatedKey": {
    "type": "object",
    "properties": {
      "id": {"type": "string"}, "key": {"type": "string", "description": "shown once"},
      "name": {"type": "string"}
    }
  },
  "Keys": {
    "type": "object",
    "properties": {
      "keys": {"type": "array", "items": {"type": "object"}},
      "next_cursor": {"type": ["string", "null"]}
    }
  },
  "Ledger": {
    "type": "object",
    "description": "a budget; amounts are exact texts of its currency",
    "properties": {
      "name": {"type": "string"},
      "year": {"type": ["integer", "null"]},
      "currency": {"type": "string"},
      "kind": {"enum": ["strict", "soft"]},
      "current": {"type": "boolean", "description": "what the name means now"},
      "spending": {"type": "array", "items": {"type": "string"}},
      "amount": {"type": "string"}, "reserved": {"type": "string"},
      "spent": {"type": "string"}, "available": {"type": "string"}
    }
  },
  "Ledgers": {
    "type": "object",
    "properties": {
      "ledgers": {"type": "array", "items": {"$ref": "#/components/schemas/Ledger"}},
      "next_cursor": {"type": ["string", "null"]}
    }
  },
  "OverdueReport": {
    "type": "object",
    "properties": {
      "at": {"type": "string", "format": "date-time"},
      "items": {"type": "integer"},
      "complete": {"type": "boolean", "description": "false where more is overdue than is counted"},
      "steps": {
        "type": "array",
        "items": {
          "type": "object",
          "properties": {
            "workflow": {"type": "string"}, "step": {"type": "string"}, "items": {"type": "integer"},
            "oldest_due_at": {"type": "string", "format": "date-time"}
          }
        }
      },
      "people": {
        "type": "array",
        "items": {
          "type": "object",
          "properties": {
            "person": {"type": ["string", "null"]}, "group": {"type": ["string", "null"]},
            "items": {"type": "integer"}, "oldest_due_at": {"type": "string", "format": "date-time"}
          }
        }
      }
    }
  },
  "BottleneckReport": {
    "type": "object",
    "properties": {
      "at": {"type": "string", "format": "date-time"},
      "since": {"type": "string", "format": "date-time"},
      "complete": {"type": "boolean", "description": "false where more was decided or is open than is counted"},
      "steps": {
        "type": "array",
        "items": {
          "type": "object",
          "properties": {
            "workflow": {"type": "string"}, "step": {"type": "string"}, "decided": {"type": "integer"},
            "median_seconds": {"type": ["integer", "null"]}, "p90_seconds": {"type": ["integer", "null"]},
            "longest_seconds": {"type": ["integer", "null"]}, "open": {"type": "integer"},
            "oldest_opened_at": {"type": ["string", "null"]}
          }
        }
      },
      "people": {"type": "array", "items": {"type": "object"}}
    }
  },
  "LedgerOne": {
    "allOf": [{"$ref": "#/components/schemas/Ledger"}],
    "type": "object",
    "properties": {
      "reservations": {
        "type": "array",
        "items": {
          "type": "object",
          "properties": {
            "instance": {"type": "string"}, "reference": {"type": ["string", "null"]},
            "requester": {"type": ["string", "null"]}, "step": {"type": "string"},
            "amount": {"type": "string"}, "since": {"type": "string", "format": "date-time"}
          }
        }
      },
      "postings": {
        "type": "array",
        "items": {
          "type": "object",
          "properties": {
            "id": {"type": "integer"}, "at": {"type": "string", "format": "date-time"},
            "act": {"enum": ["opened", "changed", "adjusted", "reserved", "released", "spent", "supplemented",
                             "transferred_out", "transferred_in"]},
            "amount": {"type": "string"}, "available": {"type": "string"},
            "instance": {"type": ["string", "null"]}, "reference": {"type": ["string", "null"]},
            "step": {"type": ["string", "null"]}, "by": {"type": ["string", "null"]},
            "reason": {"type": ["string", "null"]}
          }
        }
      },
      "next_cursor": {"type": ["string", "null"]}
    }
  },
  "LedgerAdjustment": {
    "type": "object",
    "properties": {
      "by": {"type": "string", "description": "5000.00, or -5000.00 to take it off"},
      "year": {"type": "integer", "description": "default: the current one"},
      "reason": {"type": "string"}
    },
    "required": ["by", "reason"]
  },
  "NewAbsence": {
    "type": "object",
    "properties": {
      "from": {"type": "string", "description": "2026-11-23 in the person's zone, or RFC 3339; default: now"},
      "until": {"type": "string", "description": "the last day, or the moment when it ends"},
      "stand_in": {"type": ["string", "null"], "description": "id or mail of who acts meanwhile"},
      "workflows": {
        "type": "array", "items": {"type": "string"}, "description": "only these; default: all"
      },
      "up_to": {"type": ["string", "null"], "description": "10000 CNY: only requests without a larger amount"},
      "reason": {"type": ["string", "null"]}
    },
    "required": ["until"]
  },
  "Absence": {
    "type": "object",
    "properties": {
      "id": {"type": ["integer", "null"], "description": "null: listed in the file of people"},
      "person": {"type": "string"},
      "from": {"type": "string", "format": "date-time"}, "until": {"type": "string", "format": "date-time"},
      "stand_in": {"type": ["string", "null"]},
      "workflows": {"type": "array", "items": {"type": "string"}},
      "up_to": {"type": ["string", "null"]}, "reason": {"type": ["string", "null"]},
      "set_by": {"type": ["string", "null"]}, "created_at": {"type": ["string", "null"]},
      "ended": {"type": "boolean"}
    }
  },
  "Absences": {
    "type": "object",
    "properties": {
      "absences": {"type": "array", "items": {"$ref": "#/components/schemas/Absence"}},
      "next_cursor": {"type": ["string", "null"]}
    }
  },
  "Outbox": {
    "type": "object",
    "properties": {
      "outbox": {"type": "array", "items": {"type": "object"}},
      "next_cursor": {"type": ["string", "null"]}
    }
  },
  "Inbound": {
    "type": "object",
    "properties": {
      "inbound": {"type": "array", "items": {"type": "object"}},
      "next_cursor": {"type": ["string", "null"]}
    }
  },
  "InboundOne": {"type": "object"},
  "HookAnswer": {
    "type": "object", "properties": {"instances": {"type": "array", "items": {"type": "string"}}},
    "required": ["instances"]
  },
  "Report": {"type": "object", "properties": {"report": {"type": "string"}}},
  "BackupPath": {"type": "object", "properties": {"path": {"type": "string"}}, "required": ["path"]},
  "Status": {"type": "object", "properties": {"status": {"type": "string"}}},
  "Messages": {"type": "object", "properties": {"messages": {"type": "array", "items": {"type": "object"}}}},
  "Problem": {
    "type": "object",
    "properties": {
      "type": {"type": "string"}, "title": {"type": "string"},
      "status": {"type": "integer"}, "detail": {"type": "string"},
      "instance": {"type": "string"},
      "errors": {
        "type": "array",
        "items": {
          "type": "object",
          "properties": {
            "pointer": {"type": "string"},
            "detail": {"type": "string"}
          }
        }
      }
    },
    "required": ["type", "title", "status", "detail", "instance"]
  }
})json";
  return kSchemas;
}

}  // namespace countersign::web
