/**
 * For tests and rehearsals, without an account and without the Terraform registry: a fake BDRC service with scripted
 * tasks, and a stand-in for the provider hashicorp/external. Nothing here is meant for production.
 */
export {
  type FakeBdrc,
  type FakeBdrcOptions,
  type FakeBdrcScenario,
  type Fault,
  type FaultKind,
  type Outage,
  type ProtectionPolicy,
  parseScenario,
  type RecordedCall,
  ScenarioError,
  scenarioSchema,
  startFakeBdrc,
} from "./fake-bdrc";
export { createOfflineMirror, type OfflineMirror, type OfflineMirrorOptions } from "./offline-mirror";
export type { ProgressCurve, ProgressPoint, ProgressShape } from "./progress-curve";
export { chooseProvider, type ChooseProviderOptions, type ProviderChoice } from "./provider-choice";
export type { LookRange, LookSelector, ScriptedFault, TaskScript } from "./task-script";
export { findTerraform, type TerraformBinary } from "./terraform-binary";
