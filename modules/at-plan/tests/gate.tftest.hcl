# A mock gives the module a result: how to test a configuration that uses it. Terraform 1.7 or newer.
mock_provider "external" {
  mock_data "external" {
    defaults = {
      result = {
        task_id         = "t-0004d9ctt1iiabcdefgh"
        status          = "COMPLETE"
        problem         = ""
        progress        = "10000"
        resource_types  = "[\"ACS::OSS::Bucket\"]"
        resource_counts = "{\"ACS::OSS::Bucket\":3}"
        total_count     = "3"
      }
    }
  }
}

variables {
  task_id   = "t-0004d9ctt1iiabcdefgh"
  region_id = "cn-shanghai"
}

run "opens_for_a_complete_task_with_typed_values" {
  command = plan
  variables {
    require = { "ACS::OSS::Bucket" = { exact = 3 }, total = { min = 1, max = 5 } }
  }
  assert {
    condition     = output.total_count == 3 && output.resource_counts["ACS::OSS::Bucket"] + 1 == 4
    error_message = "The counts are no numbers that are known at plan."
  }
  assert {
    condition     = output.succeeded && output.status == "COMPLETE" && output.start_time == null
    error_message = "The status is not that of the mock."
  }
}

run "stays_closed_when_too_little_was_found" {
  command = plan
  variables {
    require = { "ACS::OSS::Bucket" = { min = 4 } }
  }
  expect_failures = [terraform_data.snapshot]
}

run "stays_closed_for_a_failed_task" {
  command = plan
  override_data {
    target = data.external.read
    values = {
      result = { status = "FAILED", problem = "it failed" }
    }
  }
  expect_failures = [terraform_data.snapshot]
}

run "opens_for_a_failed_task_that_is_exposed" {
  command = plan
  variables {
    expose = ["FAILED"]
  }
  override_data {
    target = data.external.read
    values = {
      result = { status = "FAILED", problem = "it failed" }
    }
  }
  assert {
    condition     = !output.succeeded && output.problem == "it failed" && output.total_count == 0
    error_message = "A failure that is exposed is no value."
  }
}

run "stays_closed_for_a_task_that_is_gone_when_only_failures_are_exposed" {
  command = plan
  variables {
    expose = ["FAILED"]
  }
  override_data {
    target = data.external.read
    values = {
      result = { status = "NOT_FOUND", problem = "it is gone" }
    }
  }
  expect_failures = [terraform_data.snapshot]
}
