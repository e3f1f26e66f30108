/** The framework: the one place that names its package in an import, so that the twin package can have another one. */
export * from "cdktf";
