# What each variable refuses, at plan. Nothing is asked of BDRC: the provider is a mock. Terraform 1.7 or newer.
mock_provider "external" {}

variables {
  task_id   = "t-0004d9ctt1iiabcdefgh"
  region_id = "cn-shanghai"
}

run "an_id_with_an_asterisk" {
  command = plan
  variables {
    task_id = "t-0004d9ctt1ii********"
  }
  expect_failures = [var.task_id]
}

run "an_empty_id" {
  command = plan
  variables {
    task_id = ""
  }
  expect_failures = [var.task_id]
}

run "a_region_with_a_capital" {
  command = plan
  variables {
    region_id = "Shanghai"
  }
  expect_failures = [var.region_id]
}

run "a_profile_with_a_blank_at_its_end" {
  command = plan
  variables {
    profile = "dev "
  }
  expect_failures = [var.profile]
}

run "a_timeout_of_nothing" {
  command = plan
  variables {
    timeout_seconds = 0
  }
  expect_failures = [var.timeout_seconds]
}

run "a_timeout_over_a_day" {
  command = plan
  variables {
    timeout_seconds = 86401
  }
  expect_failures = [var.timeout_seconds]
}

run "an_outage_of_half_a_second" {
  command = plan
  variables {
    max_outage_seconds = 0.5
  }
  expect_failures = [var.max_outage_seconds]
}

run "a_failure_that_does_not_exist" {
  command = plan
  variables {
    expose = ["FAILED", "LATE"]
  }
  expect_failures = [var.expose]
}

run "a_failure_that_comes_on_top_of_nothing" {
  command = plan
  variables {
    expose = ["DEADLINE"]
  }
  expect_failures = [var.expose]
}

run "a_requirement_of_no_type" {
  command = plan
  variables {
    require = { Bucket = { min = 1 } }
  }
  expect_failures = [var.require]
}

run "a_requirement_that_asks_for_nothing" {
  command = plan
  variables {
    require = { total = {} }
  }
  expect_failures = [var.require]
}

run "a_requirement_below_zero" {
  command = plan
  variables {
    require = { total = { min = -1 } }
  }
  expect_failures = [var.require]
}

run "a_requirement_of_exact_and_more" {
  command = plan
  variables {
    require = { total = { exact = 1, max = 2 } }
  }
  expect_failures = [var.require]
}

run "a_requirement_with_min_over_max" {
  command = plan
  variables {
    require = { total = { min = 3, max = 2 } }
  }
  expect_failures = [var.require]
}

run "a_program_of_nothing" {
  command = plan
  variables {
    program = []
  }
  expect_failures = [var.program]
}
