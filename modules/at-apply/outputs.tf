# Written by `npm run modules` from the graph of cdktf-bdrc-task; see lib/graph.

output "status" {
  description = "COMPLETE, FAILED, EXPIRED, CANCELED, or what the task was when it was last seen."
  value       = local.value.status
}

output "succeeded" {
  description = "Whether the task is complete and its result was understood."
  value       = local.value.succeeded
}

output "problem" {
  description = "Why it did not succeed, as a text for a person; empty when it did."
  value       = local.value.problem
}

output "problem_code" {
  description = "The stable code of the problem, such as TASK_FAILED; empty when it succeeded."
  value       = local.value.problem_code
}

output "choice" {
  description = "Which task was taken and why, where one was looked for; else empty."
  value       = replace(local.value.choice, "/[^\\P{Cc}\\n]|\\p{Cf}/", " ")
}

output "total_count" {
  description = "How many resources the task found in all; a number."
  value       = local.value.total_count
}

output "resource_counts" {
  description = "How many resources of each type the task found; a map of numbers."
  value       = local.value.resource_counts
}

output "resource_types" {
  description = "The resource types that the task is about, sorted."
  value       = local.value.resource_types
}

output "task_id" {
  description = "The id of the task, as the API gave it."
  value       = replace(local.value.task_id, "/[^\\P{Cc}\\n]|\\p{Cf}/", " ")
}

output "task_name" {
  description = "The name of the task, as the API gave it."
  value       = replace(local.value.task_name, "/[^\\P{Cc}\\n]|\\p{Cf}/", " ")
}

output "task_description" {
  description = "The description of the task, as the API gave it; often empty."
  value       = replace(local.value.task_description, "/[^\\P{Cc}\\n]|\\p{Cf}/", " ")
}

output "task_type" {
  description = "UPDATE_RESOURCES, CHECK_RULES, or another word: the set is open."
  value       = replace(local.value.task_type, "/[^\\P{Cc}\\n]|\\p{Cf}/", " ")
}

output "task_priority" {
  description = "HIGH for a task that a user started, LOW for one of the background."
  value       = replace(local.value.task_priority, "/[^\\P{Cc}\\n]|\\p{Cf}/", " ")
}

output "progress" {
  description = "How far it is, in hundredths of a percent: 0 to 10000; null when the API gave none."
  value       = local.value.progress
}

output "start_time" {
  description = "When it began to run, in Unix seconds; null when the API gave none."
  value       = local.value.start_time
}

output "complete_time" {
  description = "When it ended, in Unix seconds; null when the API gave none."
  value       = local.value.complete_time
}

output "expire_time" {
  description = "When BDRC drops its record, in Unix seconds; null when the API gave none."
  value       = local.value.expire_time
}

output "started_at" {
  description = "The same as start_time, as RFC 3339; empty when the API gave none."
  value       = local.value.started_at
}

output "completed_at" {
  description = "The same as complete_time, as RFC 3339; empty when the API gave none."
  value       = local.value.completed_at
}

output "expires_at" {
  description = "The same as expire_time, as RFC 3339; empty when the API gave none."
  value       = local.value.expires_at
}

output "error_message" {
  description = "What the API says of a failed task; else empty."
  value       = replace(local.value.error_message, "/[^\\P{Cc}\\n]|\\p{Cf}/", " ")
}

output "task_detail" {
  description = "The JSON text of TaskDetail, as given."
  value       = replace(local.value.task_detail, "/[^\\P{Cc}\\n]|\\p{Cf}/", " ")
}

output "task_result" {
  description = "The JSON text of TaskResult, as given."
  value       = replace(local.value.task_result, "/[^\\P{Cc}\\n]|\\p{Cf}/", " ")
}

output "result" {
  description = "All of these in one object, for another configuration that reads it from this one's state."
  value       = merge(local.value, { task_id = replace(local.value.task_id, "/[^\\P{Cc}\\n]|\\p{Cf}/", " "), choice = replace(local.value.choice, "/[^\\P{Cc}\\n]|\\p{Cf}/", " "), task_name = replace(local.value.task_name, "/[^\\P{Cc}\\n]|\\p{Cf}/", " "), task_description = replace(local.value.task_description, "/[^\\P{Cc}\\n]|\\p{Cf}/", " "), task_type = replace(local.value.task_type, "/[^\\P{Cc}\\n]|\\p{Cf}/", " "), task_priority = replace(local.value.task_priority, "/[^\\P{Cc}\\n]|\\p{Cf}/", " "), error_message = replace(local.value.error_message, "/[^\\P{Cc}\\n]|\\p{Cf}/", " "), task_detail = replace(local.value.task_detail, "/[^\\P{Cc}\\n]|\\p{Cf}/", " "), task_result = replace(local.value.task_result, "/[^\\P{Cc}\\n]|\\p{Cf}/", " ") })
}
