/**
 * Takes the place of a package that the SDK loads at its start and that no call of ours reaches: signing for other
 * gateways, XML, and the SDK's own walk along the credentials chain.
 */
export default class UnusedPackage {
  constructor() {
    throw new Error("a part of the SDK was called that the bundle leaves out");
  }
}
