/// JavaScript modules that the first page needs, as one module: a browser asks once instead of thirty
/// times, each of which costs it more than the file is worth.
///
/// Each module becomes a function that is called once, in the order of imports, and returns what it
/// exports. Who imports such a module on its own, as a page does that comes later, gets a few lines that
/// pass on what the bundle has: there is one of each. It reads the modules of `Sources/WebPages/site` and no
/// others: an `import` or `export` begins a line, imports are on one line each, and are not in a circle.
package struct ModuleBundle {
  package let text: String
  /// What stands for each module of the bundle, by its name.
  package let passing: [String: String]

  /// `modules` by name; `roots` and all that they import are in it. `name` is that of the bundle.
  package init(name: String, roots: [String], of modules: [String: String]) {
    var order: [String] = []
    var parsed: [String: Module] = [:]
    func add(_ name: String, _ path: [String]) {
      precondition(!path.contains(name), "\(name) imports itself")
      guard parsed[name] == nil else { return }
      guard let text = modules[name] else { preconditionFailure("there is no module \(name)") }
      let module = Module(text)
      for one in module.imported { add(one, path + [name]) }
      parsed[name] = module
      order.append(name)
    }
    for root in roots { add(root, []) }
    let names = Set(order)
    var text = ""
    var passing: [String: String] = [:]
    for module in order {
      guard let found = parsed[module] else { continue }
      let variable = Self.variable(module)
      let exported = found.exported.joined(separator: ", ")
      text += "const \(variable) = (() => {\n"
      text += found.lines.map { Self.joined($0, names) }.joined(separator: "\n")
      text += "\nreturn {\(exported)};\n})();\n"
      passing[module] =
        "import {\(variable)} from './\(name)';\nexport const {\(exported)} = \(variable);\n"
    }
    self.text = text + "export {\(order.map(Self.variable).joined(separator: ", "))};\n"
    self.passing = passing
  }

  /// `page-overview.js` as `$page_overview`.
  private static func variable(_ name: String) -> String {
    "$" + name.prefix { $0 != "." }.map { $0 == "-" ? "_" : String($0) }.joined()
  }

  /// What is asked for later, and is here, need not be asked for.
  private static func joined(_ line: String, _ names: Set<String>) -> String {
    guard let at = line.firstRange(of: "import('./"),
      let end = line[at.upperBound...].firstRange(of: "')")
    else { return line }
    let name = String(line[at.upperBound..<end.lowerBound])
    guard names.contains(name) else { return line }
    return line[..<at.lowerBound] + "Promise.resolve(\(variable(name)))" + line[end.upperBound...]
  }

  private struct Module {
    var lines: [String] = []
    var imported: [String] = []
    var exported: [String] = []

    init(_ text: String) {
      for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
        if line.hasPrefix("import ") {
          lines.append(binding(line))
        } else if line.hasPrefix("export ") {
          let declaration = line.dropFirst("export ".count)
          exported.append(Self.declared(declaration))
          lines.append(String(declaration))
        } else {
          lines.append(String(line))
        }
      }
    }

    /// `import {a, b as c} from './x.js';` as `const {a, b: c} = $x;`, and the same for `* as x`.
    private mutating func binding(_ line: Substring) -> String {
      guard let from = line.firstRange(of: " from './"), line.hasSuffix("';") else {
        preconditionFailure("an import of another form: \(line)")
      }
      let name = String(line[from.upperBound...].dropLast(2))
      imported.append(name)
      let names = line[..<from.lowerBound].dropFirst("import ".count)
      let taken =
        names.hasPrefix("* as ")
        ? String(names.dropFirst("* as ".count))
        : names.split(separator: " as ").joined(separator: ": ")
      return "const \(taken) = \(ModuleBundle.variable(name));"
    }

    /// The name of what is declared by `const`, `function`, `async function*` or `class`.
    private static func declared(_ declaration: Substring) -> String {
      let words = declaration.split(separator: " ", maxSplits: 3)
      let kinds: Set<Substring> = ["async", "const", "function", "function*", "class"]
      let name = words.first { !kinds.contains($0) } ?? ""
      let identifier = name.prefix { $0.isLetter || $0.isNumber || $0 == "_" || $0 == "$" }
      precondition(
        words.count > 1 && !identifier.isEmpty, "an export of another form: \(declaration)")
      return String(identifier)
    }
  }
}
