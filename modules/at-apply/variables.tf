# Written by `npm run modules` from the graph of cdktf-bdrc-task; see lib/graph.

variable "task_id" {
  description = "The task to wait for, such as t-0004d9ctt1iiabcdefgh. A new id is a new wait."
  type        = string
  nullable    = false

  validation {
    condition     = try(length(var.task_id) <= 128 && can(regex("^[A-Za-z0-9][A-Za-z0-9_-]*$", var.task_id)), false)
    error_message = "task_id cannot be used.\n\n  Code:     BAD_CONFIGURATION\n  Expected: an id such as t-0004d9ctt1iiabcdefgh: letters, digits, '-' and '_'"
  }
}

variable "region_id" {
  description = "The region whose BDRC knows the task: cn-shanghai, ap-southeast-1 or cn-shanghai-finance-1. Either this or endpoint."
  type        = string
  default     = null

  validation {
    condition     = var.region_id == null || try(length(var.region_id) <= 63 && can(regex("^[a-z0-9]+(-[a-z0-9]+)+$", var.region_id)), false)
    error_message = "region_id cannot be used.\n\n  Code:     BAD_CONFIGURATION\n  Expected: a region such as cn-shanghai"
  }
}

variable "endpoint" {
  description = "The host to ask instead, as host[:port] or a URL: a VPC endpoint, or a fake service. Plain http for a loopback address only."
  type        = string
  default     = null
}

variable "profile" {
  description = "A profile of ~/.aliyun/config.json or ~/.alibabacloud/credentials on the machine that runs Terraform. Never a key: keys come from the environment only."
  type        = string
  default     = null

  validation {
    condition     = var.profile == null || try(length(var.profile) <= 128 && can(regex("^\\S(.*\\S)?$", var.profile)), false)
    error_message = "profile cannot be used.\n\n  Code:     BAD_CONFIGURATION\n  Expected: a profile name of 1 to 128 characters, without blanks at its ends"
  }
}

variable "timeout_seconds" {
  description = "The longest wait in seconds, retries included."
  type        = number
  default     = 3600
  nullable    = false

  validation {
    condition     = var.timeout_seconds >= 1 && var.timeout_seconds <= 86400 && floor(var.timeout_seconds) == var.timeout_seconds
    error_message = "timeout_seconds cannot be used.\n\n  Code:     BAD_CONFIGURATION\n  Expected: whole seconds from 1 to 86400, a day"
  }
}

variable "max_outage_seconds" {
  description = "How long the wait goes on without one good answer of the API, in seconds."
  type        = number
  default     = 300
  nullable    = false

  validation {
    condition     = var.max_outage_seconds >= 1 && var.max_outage_seconds <= 86400 && floor(var.max_outage_seconds) == var.max_outage_seconds
    error_message = "max_outage_seconds cannot be used.\n\n  Code:     BAD_CONFIGURATION\n  Expected: whole seconds from 1 to 86400, a day"
  }
}

variable "expose" {
  description = "What opens the gate besides a success; status and problem then say what it was. FAILED: a task that ended otherwise (FAILED, EXPIRED, CANCELED). NOT_FOUND, UNREADABLE and DEADLINE come on top of FAILED."
  type        = set(string)
  default     = []
  nullable    = false

  validation {
    condition     = length(setsubtract(var.expose, ["FAILED", "NOT_FOUND", "UNREADABLE", "DEADLINE"])) == 0
    error_message = "expose cannot be used.\n\n  Code:     BAD_CONFIGURATION\n  Expected: FAILED, NOT_FOUND, UNREADABLE, DEADLINE"
  }

  validation {
    condition     = length(var.expose) == 0 || contains(var.expose, "FAILED")
    error_message = "expose cannot be used.\n\n  Code:     BAD_CONFIGURATION\n  Expected: FAILED among the words, since the others come on top of it"
  }
}

variable "require" {
  description = "What has to be found, by resource type or total; the gate stays closed when it is not. Only said of a task that succeeded."
  type        = map(object({ min = optional(number), max = optional(number), exact = optional(number) }))
  default     = {}
  nullable    = false

  validation {
    condition     = alltrue([for key in keys(var.require) : key == "total" || can(regex("^[A-Za-z0-9_-]+(::[A-Za-z0-9_-]+)+$", key))])
    error_message = "require cannot be used.\n\n  Code:     BAD_CONFIGURATION\n  Expected: keys that are a resource type such as \"ACS::OSS::Bucket\", or \"total\""
  }

  validation {
    condition     = alltrue([for range in values(var.require) : alltrue([for limit in [range.exact, range.min, range.max] : limit == null ? true : limit >= 0 && floor(limit) == limit]) && length([for limit in [range.exact, range.min, range.max] : limit if limit != null]) > 0])
    error_message = "require cannot be used.\n\n  Code:     BAD_CONFIGURATION\n  Expected: min, max or exact of each, a whole number from 0"
  }

  validation {
    condition     = alltrue([for range in values(var.require) : range.exact == null || (range.min == null && range.max == null)])
    error_message = "require cannot be used.\n\n  Code:     BAD_CONFIGURATION\n  Expected: exact alone, or min and max"
  }

  validation {
    condition     = alltrue([for range in values(var.require) : try(range.min <= range.max, true)])
    error_message = "require cannot be used.\n\n  Code:     BAD_CONFIGURATION\n  Expected: min not greater than max"
  }
}

variable "program" {
  description = "What runs the waiter on the machine that runs Terraform, and its arguments; Node.js 20.9 or newer. The waiter's file comes after it."
  type        = list(string)
  default     = ["node"]
  nullable    = false

  validation {
    condition     = length(var.program) > 0 && alltrue([for part in var.program : trimspace(part) != ""])
    error_message = "program cannot be used.\n\n  Code:     BAD_CONFIGURATION\n  Expected: a command and its arguments, such as [\"/opt/node/bin/node\"]"
  }
}

variable "label" {
  description = "What the lines of the wait begin with."
  type        = string
  default     = "task"
  nullable    = false
}
