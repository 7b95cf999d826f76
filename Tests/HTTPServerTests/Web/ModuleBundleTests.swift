import HTTPServer
import Testing

@Suite struct ModuleBundleTests {
  private let modules = [
    "app.js": """
    // Begins.
    import {one, two as second} from './a-part.js';
    import * as more from './more.js';
    const pages = {a: () => import('./a-part.js'), b: () => import('./later.js')};
    export async function start() { return second + more.three; }
    """,
    "a-part.js": """
    import {three} from './more.js';
    export const one = 1;
    export function two() { return three; }
    export class Problem extends Error {}
    """,
    "more.js":
      "const hidden = 3;\nexport const three = hidden;\nexport async function* four() {}\n",
    "later.js": "import {three} from './more.js';\nexport const five = three;\n",
  ]

  @Test func `modules become one, each after what it imports`() {
    let bundle = ModuleBundle(name: "all.js", roots: ["app.js"], of: modules)
    #expect(
      bundle.text == """
        const $more = (() => {
        const hidden = 3;
        const three = hidden;
        async function* four() {}

        return {three, four};
        })();
        const $a_part = (() => {
        const {three} = $more;
        const one = 1;
        function two() { return three; }
        class Problem extends Error {}
        return {one, two, Problem};
        })();
        const $app = (() => {
        // Begins.
        const {one, two: second} = $a_part;
        const more = $more;
        const pages = {a: () => Promise.resolve($a_part), b: () => import('./later.js')};
        async function start() { return second + more.three; }
        return {start};
        })();
        export {$more, $a_part, $app};

        """)
  }

  @Test func `a module that comes later gets the same ones`() {
    let bundle = ModuleBundle(name: "all.js", roots: ["app.js"], of: modules)
    #expect(Set(bundle.passing.keys) == ["app.js", "a-part.js", "more.js"])
    #expect(
      bundle.passing["a-part.js"] == """
        import {$a_part} from './all.js';
        export const {one, two, Problem} = $a_part;

        """)
  }

  @Test func `the modules of the site can be put together`() {
    let modules = WebFiles.bytes.filter { $0.key.hasSuffix(".js") }.mapValues {
      String(decoding: $0, as: UTF8.self)
    }
    let bundle = ModuleBundle(
      name: "all.js", roots: modules.keys.filter { $0 != "begin.js" }.sorted(), of: modules)
    #expect(bundle.passing.count == modules.count - 1)
    #expect(!bundle.text.contains("\nimport ") && !bundle.text.contains("\nexport const"))
  }
}
