// The scripts share their globals and have no build step: which names there are, `tsc`
// knows (`no-undef` is its part); what is unused or risky within a file is found here.
import js from "@eslint/js";

// Globals of every browser: a forgotten `const name` would be one of these, and no error.
const BY_MISTAKE = "blur close closed event external find focus frames length moveTo name open "
  + "opener origin parent print screen self status stop top";
// Text never becomes markup or code: names of files and classes come from strangers.
const MARKUP = ["innerHTML", "outerHTML", "insertAdjacentHTML", "setHTMLUnsafe"];

export default [
  js.configs.recommended,
  {
    linterOptions: { reportUnusedDisableDirectives: "error" },
    rules: {
      "no-undef": "off",
      "no-unused-vars": ["error", { vars: "local" }],
      "array-callback-return": "error",
      eqeqeq: "error",
      "no-constructor-return": "error",
      "no-eval": "error",
      "no-implied-eval": "error",
      "no-loop-func": "error",
      "no-new-func": "error",
      "no-new-wrappers": "error",
      "no-restricted-globals": ["error", ...BY_MISTAKE.split(" ")],
      "no-restricted-properties": ["error", { object: "document", property: "write" }, ...MARKUP.map((property) => ({ property }))],
      "no-script-url": "error",
      "no-self-compare": "error",
      "no-template-curly-in-string": "error",
      "no-throw-literal": "error",
      "no-unmodified-loop-condition": "error",
      "no-unreachable-loop": "error",
      "no-var": "error",
      "object-shorthand": "error",
      "prefer-const": ["error", { destructuring: "all" }],
      "require-atomic-updates": "error",
      strict: ["error", "global"],
    },
  },
  { files: ["**/*.js"], languageOptions: { sourceType: "script" }, rules: { "no-console": "error" } },
  // Set where printing begins, in page.js.
  { files: ["**/colours.js"], rules: { "prefer-const": "off" } },
  { files: ["**/*.mjs"], rules: { strict: "off" } },
];
