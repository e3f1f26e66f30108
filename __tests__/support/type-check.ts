import * as path from "node:path";
import * as ts from "typescript";

const ROOT = path.resolve(__dirname, "..", "..");

/** A program text that is in no file. */
export interface Snippet {
  /** Its place, for messages. */
  readonly place: string;
  readonly text: string;
}

/**
 * Checks snippets as `tsc --strict` would in a project that has installed this package, against its sources.
 *
 * @returns one line for each mistake, with the snippet's place and the line in it
 */
export function typeCheck(snippets: readonly Snippet[]): string[] {
  const options: ts.CompilerOptions = {
    target: ts.ScriptTarget.ES2022,
    lib: ["lib.es2022.d.ts"],
    // A module in its own right may await at its top level.
    module: ts.ModuleKind.ESNext,
    moduleResolution: ts.ModuleResolutionKind.Bundler,
    strict: true,
    esModuleInterop: true,
    resolveJsonModule: true,
    skipLibCheck: true,
    noEmit: true,
    types: ["node"],
    paths: {
      "cdktf-bdrc-task": [path.join(ROOT, "lib")],
      "cdktf-bdrc-task/testing": [path.join(ROOT, "lib", "testing")],
    },
  };
  const texts = new Map(
    snippets.map(({ text }, index) => [path.join(ROOT, `snippet-${index}.ts`), `${text}\nexport {};\n`]),
  );
  const places = new Map([...texts.keys()].map((file, index) => [file, snippets[index]?.place ?? ""]));

  const disk = ts.createCompilerHost(options);
  const host: ts.CompilerHost = {
    ...disk,
    fileExists: (file) => texts.has(file) || disk.fileExists(file),
    readFile: (file) => texts.get(file) ?? disk.readFile(file),
    getSourceFile: (file, version, ...rest) => {
      const text = texts.get(file);
      return text === undefined
        ? disk.getSourceFile(file, version, ...rest)
        : ts.createSourceFile(file, text, version);
    },
  };

  const program = ts.createProgram([...texts.keys()], options, host);
  return [...texts.keys()].flatMap((file) => {
    const source = program.getSourceFile(file);
    return [...program.getSyntacticDiagnostics(source), ...program.getSemanticDiagnostics(source)].map(
      ({ start = 0, messageText }) => {
        const line = (source?.getLineAndCharacterOfPosition(start).line ?? 0) + 1;
        return `${places.get(file)}, line ${line}: ${ts.flattenDiagnosticMessageText(messageText, " ")}`;
      },
    );
  });
}
