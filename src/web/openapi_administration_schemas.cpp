// The schemas of what is administered: workflows, files, keys, budgets, reports, absences, queues; and of
// errors.

#include "web/openapi.h"

namespace countersign::web {

std::string_view schemas_of_administration() {
  static constexpr std::string_view kSchemas = R"json({
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
      "source": {"type": ["string", "null"], "description": "the calendar that it came from; null: set by hand"},
      "ended": {"type": "boolean"},
      "note": {"type": "string", "description": "who acts when, where another absence names another stand-in"}
    }
  },
  "CalendarAbsences": {
    "type": "object",
    "properties": {
      "source": {"type": "string", "description": "the calendar's name, the same each time"},
      "absences": {
        "type": "array",
        "description": "all that the calendar has: what it had before and has no more ends",
        "items": {
          "type": "object",
          "properties": {
            "uid": {"type": "string", "description": "by which it is known again when it moves"},
            "from": {"type": "string", "description": "2026-11-23 in the person's zone, or RFC 3339"},
            "until": {"type": "string", "description": "the last day, or the moment when it ends"},
            "reason": {"type": ["string", "null"]}
          },
          "required": ["uid", "from", "until"]
        }
      },
      "stand_in": {"type": ["string", "null"], "description": "of all of them: id or mail of who acts meanwhile"},
      "workflows": {"type": "array", "items": {"type": "string"}, "description": "only these; default: all"},
      "up_to": {"type": ["string", "null"], "description": "10000 CNY: only requests without a larger amount"}
    },
    "required": ["source", "absences"]
  },
  "ImportedAbsences": {
    "type": "object",
    "properties": {
      "source": {"type": "string"},
      "added": {"type": "array", "items": {"$ref": "#/components/schemas/Absence"}},
      "changed": {"type": "array", "items": {"$ref": "#/components/schemas/Absence"}},
      "ended": {"type": "array", "items": {"$ref": "#/components/schemas/Absence"}},
      "unchanged": {"type": "array", "items": {"$ref": "#/components/schemas/Absence"}},
      "stays_ended": {
        "type": "array", "items": {"$ref": "#/components/schemas/Absence"},
        "description": "in the calendar still, but ended by somebody"
      }
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
