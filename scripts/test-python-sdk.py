"""Every operation of the fake service, called by Alibaba's own Python SDK: an official client is the measure."""

import json
import os
import sys

from alibabacloud_bdrc20230808 import models
from alibabacloud_bdrc20230808.client import Client
from alibabacloud_tea_openapi import utils_models

FAILED = []


def check(rule, holds, seen=""):
    print(("ok    " if holds else "FAIL  ") + rule + ("" if holds else f": {seen}"))
    if not holds:
        FAILED.append(rule)


def client(secret=None):
    return Client(
        utils_models.Config(
            access_key_id=os.environ["ALIBABA_CLOUD_ACCESS_KEY_ID"],
            access_key_secret=secret or os.environ["ALIBABA_CLOUD_ACCESS_KEY_SECRET"],
            endpoint=os.environ["BDRC_ENDPOINT"].removeprefix("http://"),
            protocol="http",
        )
    )


def refusal(call):
    """The code and the message with which a call is refused."""
    try:
        call()
    except Exception as error:  # The SDK has several classes; each of them has a code.
        return str(getattr(error, "code", "")), str(error)
    return "", "it was answered"


def main():
    bdrc = client()
    task_id = os.environ["BDRC_TASK_ID"]

    task = bdrc.describe_task(task_id).body.data
    counts = json.loads(task.task_result)["resourceCounts"]
    check("DescribeTask gives the task", (task.task_id, task.task_status) == (task_id, "COMPLETE"), task)
    check("its counts are read", {c["resourceType"]: c["count"] for c in counts} == {"ACS::OSS::Bucket": 3}, counts)

    request = models.DescribeTasksRequest(max_results=1)
    listed = bdrc.describe_tasks(request).body.data
    check("DescribeTasks lists it", task_id in [t.task_id for t in listed.content], listed)

    started = [
        bdrc.update_resources(models.UpdateResourcesRequest(resource_type="ACS::OSS::Bucket")),
        bdrc.check_rules(models.CheckRulesRequest(resource_arn="acs:oss:cn-shanghai:1:b/a b+c")),
        bdrc.precheck_resource_count(
            models.PrecheckResourceCountRequest(
                tag_resource_matchers=[
                    models.PrecheckResourceCountRequestTagResourceMatchers(
                        key="env", operator="EQUAL", values=["prod"]
                    )
                ]
            )
        ),
    ]
    ids = [answer.body.data.task_id for answer in started]
    check("UpdateResources, CheckRules and PrecheckResourceCount start a task each", len(set(ids)) == 3, ids)
    check("a started task can be read", bdrc.describe_task(ids[0]).body.data.task_id == ids[0])

    service = bdrc.get_bdrc_service().body.data
    check("GetBdrcService says that it is opened", service.service_status == "OPENED", service)

    code, text = refusal(lambda: bdrc.describe_task("t-00000000000000000000"))
    check("an unknown task is not found", "NotFound" in code or "NotFound" in text, text)
    code, text = refusal(lambda: client("wrong").describe_task(task_id))
    check("a wrong secret is refused", "SignatureDoesNotMatch" in code + text, text)
    return 1 if FAILED else 0


sys.exit(main())
