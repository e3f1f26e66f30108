# A mock gives the module a result: how to test a configuration that uses it. Only plans: an apply runs the waiter, which a
# mock of the provider does not replace. Terraform 1.7 or newer.
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

run "a_task_that_has_ended_is_known_to_the_plan" {
  command = plan
  variables {
    require = { "ACS::OSS::Bucket" = { exact = 3 }, total = { min = 1, max = 5 } }
  }
  assert {
    condition     = output.total_count == 3 && output.resource_counts["ACS::OSS::Bucket"] + 1 == 4
    error_message = "The counts of a task that has ended are no numbers that are known at plan."
  }
}

run "a_task_that_has_failed_stops_the_plan" {
  command = plan
  override_data {
    target = data.external.peek
    values = {
      result = { status = "FAILED", problem = "it failed" }
    }
  }
  expect_failures = [data.external.read]
}

run "a_task_under_way_stops_no_plan" {
  command = plan
  override_data {
    target = data.external.peek
    values = {
      result = { status = "RUNNING", problem = "it has not ended" }
    }
  }
}
