# Written by `npm run modules` from the graph of cdktf-bdrc-task; see lib/graph.

# Tells the run that plans a task first from all later ones, and holds everything up when the waiter's
# file is not right.
resource "terraform_data" "stamp" {
  input = {
    about      = "when this task was planned first, by which later runs know that its result is kept"
    planned_at = plantimestamp()
  }
  triggers_replace = [var.task_id]

  lifecycle {
    ignore_changes = [input]

    precondition {
      condition     = try(filesha256("${path.module}/waiter.cjs") == trimspace(file("${path.module}/waiter.sha256")), false)
      error_message = "The waiter's file is missing, or is not the one that belongs here.\n\n  Code:   NO_WAITER\n  File:   ${path.module}/waiter.cjs\n  Reason: only a part of the folder was copied, or something changed the file since\n  Next:   copy the whole folder once more, with everything in it"
    }
  }
}

# Waits for the task whenever it has to, at plan when the id is known then.
data "external" "read" {
  program = concat(local.program, ["${path.module}/waiter.cjs"])
  query = {
    task_id            = var.task_id
    region_id          = var.region_id
    endpoint           = var.endpoint
    profile            = var.profile
    timeout_seconds    = tostring(var.timeout_seconds)
    max_outage_seconds = tostring(var.max_outage_seconds)
    remembered         = local.remembered
    wait               = contains(var.expose, "DEADLINE") ? tostring(local.remembered == "false") : "true"
  }
}

# Keeps the first good result: later plans see it, also when the task is gone or BDRC is down.
# Everything behind the gate comes after it.
resource "terraform_data" "snapshot" {
  input            = data.external.read.result
  triggers_replace = [var.task_id]

  lifecycle {
    ignore_changes = [input]

    precondition {
      condition     = local.open
      error_message = lookup(data.external.read.result, "problem", "The result holds nothing of a task.\n\n  Code:   NO_RESULT\n  Reason: it is not the waiter's; most likely a test mocks the provider external\n  Next:   give the mock a result: an empty problem and the status COMPLETE open the gate")
    }

    postcondition {
      condition     = lookup(self.input, "problem", "?") == "" || (length(var.expose) > 0 && contains(["COMPLETE", "FAILED", "EXPIRED", "CANCELED"], lookup(self.input, "status", "?"))) || (contains(var.expose, "NOT_FOUND") && contains(["NOT_FOUND"], lookup(self.input, "status", "?"))) || (contains(var.expose, "UNREADABLE") && contains(["UNREADABLE"], lookup(self.input, "status", "?"))) || (contains(var.expose, "DEADLINE") && !contains(["COMPLETE", "FAILED", "EXPIRED", "CANCELED", "NOT_FOUND", "UNREADABLE", "?"], lookup(self.input, "status", "?")))
      error_message = lookup(self.input, "problem", "The result holds nothing of a task.\n\n  Code:   NO_RESULT\n  Reason: it is not the waiter's; most likely a test mocks the provider external\n  Next:   give the mock a result: an empty problem and the status COMPLETE open the gate")
    }

    postcondition {
      condition     = lookup(self.input, "problem", "?") != "" || alltrue([for key, range in var.require : range.exact == null ? true : try((key == "total" ? tonumber(self.input.total_count) : lookup(jsondecode(self.input.resource_counts), key, 0)) == range.exact, false)])
      error_message = join("\n\n", [for key, range in var.require : format("The result does not meet what is required of %s.\n\n  Code:   REQUIREMENT\n  Wanted: exactly %s\n  Found:  %s\n  Next:   see `require` of the module", key == "total" ? "resources in all" : key, range.exact, try(tostring((key == "total" ? tonumber(self.input.total_count) : lookup(jsondecode(self.input.resource_counts), key, 0))), "nothing")) if !(range.exact == null ? true : try((key == "total" ? tonumber(self.input.total_count) : lookup(jsondecode(self.input.resource_counts), key, 0)) == range.exact, false))])
    }

    postcondition {
      condition     = lookup(self.input, "problem", "?") != "" || alltrue([for key, range in var.require : range.min == null ? true : try((key == "total" ? tonumber(self.input.total_count) : lookup(jsondecode(self.input.resource_counts), key, 0)) >= range.min, false)])
      error_message = join("\n\n", [for key, range in var.require : format("The result does not meet what is required of %s.\n\n  Code:   REQUIREMENT\n  Wanted: at least %s\n  Found:  %s\n  Next:   see `require` of the module", key == "total" ? "resources in all" : key, range.min, try(tostring((key == "total" ? tonumber(self.input.total_count) : lookup(jsondecode(self.input.resource_counts), key, 0))), "nothing")) if !(range.min == null ? true : try((key == "total" ? tonumber(self.input.total_count) : lookup(jsondecode(self.input.resource_counts), key, 0)) >= range.min, false))])
    }

    postcondition {
      condition     = lookup(self.input, "problem", "?") != "" || alltrue([for key, range in var.require : range.max == null ? true : try((key == "total" ? tonumber(self.input.total_count) : lookup(jsondecode(self.input.resource_counts), key, 0)) <= range.max, false)])
      error_message = join("\n\n", [for key, range in var.require : format("The result does not meet what is required of %s.\n\n  Code:   REQUIREMENT\n  Wanted: at most %s\n  Found:  %s\n  Next:   see `require` of the module", key == "total" ? "resources in all" : key, range.max, try(tostring((key == "total" ? tonumber(self.input.total_count) : lookup(jsondecode(self.input.resource_counts), key, 0))), "nothing")) if !(range.max == null ? true : try((key == "total" ? tonumber(self.input.total_count) : lookup(jsondecode(self.input.resource_counts), key, 0)) <= range.max, false))])
    }
  }
}

# Warns, and does no more, when the kept result is from another region or endpoint than the one that
# is asked now.
check "place" {
  assert {
    condition     = local.same_place
    error_message = "The kept result is from ${try(terraform_data.snapshot.input.place, "another place")}, and ${try(data.external.read.result.place, "this one")} is asked now.\n\n  Code:  OTHER_PLACE\n  Kept:  ${try(terraform_data.snapshot.input.status, "")}, and it stays: the same task id is the same wait\n  There: ${try(split("\n", data.external.read.result.problem)[0] == "" ? data.external.read.result.status : split("\n", data.external.read.result.problem)[0], "nothing")}\n  Next:  nothing, if it is the same task; else take what is there with -replace=terraform_data.snapshot, or give another id"
  }
}

locals {
  remembered = tostring(try(terraform_data.stamp.input.planned_at, terraform_data.stamp.input) != plantimestamp())
  program    = var.program
  open       = lookup(data.external.read.result, "problem", "?") == "" || (length(var.expose) > 0 && contains(["COMPLETE", "FAILED", "EXPIRED", "CANCELED"], lookup(data.external.read.result, "status", "?"))) || (contains(var.expose, "NOT_FOUND") && contains(["NOT_FOUND"], lookup(data.external.read.result, "status", "?"))) || (contains(var.expose, "UNREADABLE") && contains(["UNREADABLE"], lookup(data.external.read.result, "status", "?"))) || (contains(var.expose, "DEADLINE") && !contains(["COMPLETE", "FAILED", "EXPIRED", "CANCELED", "NOT_FOUND", "UNREADABLE", "?"], lookup(data.external.read.result, "status", "?"))) || try(terraform_data.stamp.input.planned_at, terraform_data.stamp.input) != plantimestamp()
  same_place = local.remembered == "true" ? try(contains(["", lookup(data.external.read.result, "place", "")], lookup(terraform_data.snapshot.input, "place", "")) || lookup(data.external.read.result, "place", "") == "", true) : true
  value = {
    status           = try(terraform_data.snapshot.input["status"], "")
    succeeded        = try(terraform_data.snapshot.input["problem"] == "", false)
    problem          = try(terraform_data.snapshot.input["problem"], "")
    problem_code     = try(terraform_data.snapshot.input.problem_code, terraform_data.snapshot.input.problem == "" ? "" : lookup(zipmap(["COMPLETE", "FAILED", "EXPIRED", "CANCELED", "CREATED", "RUNNING", "NOT_FOUND"], ["BAD_RESULT", "TASK_FAILED", "TASK_EXPIRED", "TASK_CANCELED", "DEADLINE", "DEADLINE", "NOT_FOUND"]), terraform_data.snapshot.input.status, "UNKNOWN"), "")
    task_id          = try(terraform_data.snapshot.input["task_id"], "")
    choice           = try(terraform_data.snapshot.input["choice"], "")
    task_name        = try(terraform_data.snapshot.input["task_name"], "")
    task_description = try(terraform_data.snapshot.input["task_description"], "")
    task_type        = try(terraform_data.snapshot.input["task_type"], "")
    task_priority    = try(terraform_data.snapshot.input["task_priority"], "")
    progress         = try(tonumber(terraform_data.snapshot.input["progress"]), null)
    start_time       = try(tonumber(terraform_data.snapshot.input["start_time"]), null)
    complete_time    = try(tonumber(terraform_data.snapshot.input["complete_time"]), null)
    expire_time      = try(tonumber(terraform_data.snapshot.input["expire_time"]), null)
    started_at       = try(timeadd("1970-01-01T00:00:00Z", "${terraform_data.snapshot.input["start_time"]}s"), "")
    completed_at     = try(timeadd("1970-01-01T00:00:00Z", "${terraform_data.snapshot.input["complete_time"]}s"), "")
    expires_at       = try(timeadd("1970-01-01T00:00:00Z", "${terraform_data.snapshot.input["expire_time"]}s"), "")
    error_message    = try(terraform_data.snapshot.input["error_message"], "")
    task_detail      = try(terraform_data.snapshot.input["task_detail"], "")
    task_result      = try(terraform_data.snapshot.input["task_result"], "")
    resource_types   = try(tolist(jsondecode(terraform_data.snapshot.input["resource_types"])), tolist([]))
    resource_counts  = try(tomap(jsondecode(terraform_data.snapshot.input["resource_counts"])), tomap({}))
    total_count      = try(tonumber(terraform_data.snapshot.input["total_count"]), 0)
  }
}
