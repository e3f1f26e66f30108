# Written by `npm run modules` from the graph of cdktf-bdrc-task; see lib/graph.

terraform {
  required_version = ">= 1.5.0"

  required_providers {
    external = {
      source  = "hashicorp/external"
      version = ">= 2.3.2, < 3.0.0"
    }
  }
}
