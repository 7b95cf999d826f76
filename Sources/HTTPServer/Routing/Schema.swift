package import Authentication

/// What JSON looks like: bodies are checked by it, and OpenAPI shows it (JSON Schema 2020-12).
package indirect enum Schema: Sendable {
  case any
  case boolean
  case integer(ClosedRange<Int>?)
  case number
  /// Of so many bytes of UTF-8; `nil`: of any length.
  case text(ClosedRange<Int>?)
  case choice([String])
  case array(Schema, ClosedRange<Int>?)
  /// These members and no others.
  case object([Property])
  /// Members of any names, all alike.
  case map(Schema)
  case nullable(Schema)
  /// As any one of them.
  case either([Schema])
  /// One that OpenAPI lists once, under this name.
  case named(String, Schema)

  package struct Property: Sendable {
    package var name: String
    package var schema: Schema
    package var isRequired: Bool
    package var about: String

    package init(
      _ name: String, _ schema: Schema, isRequired: Bool = true, _ about: String = ""
    ) {
      self.name = name
      self.schema = schema
      self.isRequired = isRequired
      self.about = about
    }
  }

  package static let string = Schema.text(nil)
  package static let count = Schema.integer(0...Int.max)
}

// MARK: - Checking

extension Schema {
  /// What is wrong with `value`, at most 16 things. `place` is where it stands: `columns[2].name`.
  package func errors(in value: StrictJSON, at place: String = "") -> [Problem.FieldError] {
    var errors: [Problem.FieldError] = []
    check(value, place, &errors)
    return Array(errors.prefix(16))
  }

  private func check(
    _ value: StrictJSON, _ place: String, _ errors: inout [Problem.FieldError]
  ) {
    guard errors.count < 16 else { return }
    func fail(_ rule: String, _ message: String) {
      errors.append(.init(place.isEmpty ? "body" : place, rule, message))
    }
    switch (self, value) {
    case (.any, _), (.boolean, .bool), (.number, .number), (.nullable, .null): break
    case (.either(let schemas), _):
      let found = schemas.map { $0.errors(in: value, at: place) }
      if !found.contains(where: \.isEmpty) { errors += found.first ?? [] }
    case (.named(_, let schema), _), (.nullable(let schema), _): schema.check(value, place, &errors)
    case (.integer(let range), .number(let text)):
      guard let number = Int(text) else { return fail("type", "must be a whole number") }
      if let range, !range.contains(number) {
        fail("range", "must be from \(range.lowerBound) to \(range.upperBound)")
      }
    case (.text(let count), .string(let text)):
      if let count, !count.contains(text.utf8.count) {
        fail("length", "must have \(count.lowerBound) to \(count.upperBound) bytes")
      }
    case (.choice(let names), .string(let text)):
      if !names.contains(text) { fail("choice", "must be one of \(names.joined(separator: ", "))") }
    case (.array(let schema, let count), .array(let elements)):
      if let count, !count.contains(elements.count) {
        fail("count", "must have \(count.lowerBound) to \(count.upperBound) elements")
        return
      }
      for (index, element) in elements.enumerated() {
        schema.check(element, "\(place)[\(index)]", &errors)
      }
    case (.map(let schema), .object(let members)):
      for (name, member) in members.sorted(by: { $0.key < $1.key }) {
        schema.check(member, Self.join(place, name), &errors)
      }
    case (.object(let properties), .object(let members)):
      check(members, properties, place, &errors)
    case (_, _): fail("type", "must be \(typeName)")
    }
  }

  private func check(
    _ members: [String: StrictJSON], _ properties: [Property], _ place: String,
    _ errors: inout [Problem.FieldError]
  ) {
    for name in members.keys.sorted() where !properties.contains(where: { $0.name == name }) {
      let shown = String(name.unicodeScalars.prefix(64).map(Character.init))
      errors.append(
        .init(
          Self.join(place, shown), "unknown",
          "there is no such field; there are \(properties.map(\.name).joined(separator: ", "))"))
    }
    for property in properties {
      if let member = members[property.name] {
        property.schema.check(member, Self.join(place, property.name), &errors)
      } else if property.isRequired {
        errors.append(.init(Self.join(place, property.name), "missing", "is required"))
      }
    }
  }

  private static func join(_ place: String, _ name: String) -> String {
    place.isEmpty ? name : "\(place).\(name)"
  }

  private var typeName: String {
    switch self {
    case .any: "JSON"
    case .boolean: "true or false"
    case .integer: "a whole number"
    case .number: "a number"
    case .text, .choice: "text"
    case .array: "a list"
    case .object, .map: "an object"
    case .nullable(let schema): "\(schema.typeName) or null"
    case .either(let schemas): schemas.map(\.typeName).joined(separator: " or ")
    case .named(_, let schema): schema.typeName
    }
  }
}

// MARK: - JSON Schema

extension Schema {
  /// Named schemas are referred to, and put into `components`.
  func json(_ components: inout [String: JSONValue]) -> JSONValue {
    switch self {
    case .any: return .object([])
    case .boolean: return .members(["type": "boolean"])
    case .integer(let range):
      return .members([
        "type": "integer", "minimum": range.map { .integer(Int64($0.lowerBound)) },
        "maximum": range.flatMap { $0.upperBound == .max ? nil : .integer(Int64($0.upperBound)) },
      ])
    case .number: return .members(["type": "number"])
    case .text(let count):
      // JSON Schema counts characters, of which there are no more than bytes.
      return .members([
        "type": "string",
        "minLength": count.flatMap { $0.lowerBound == 0 ? nil : .integer(1) },
        "maxLength": count.map { .integer(Int64($0.upperBound)) },
      ])
    case .choice(let names):
      return .members(["type": "string", "enum": .array(names.map { .text($0) })])
    case .array(let schema, let count):
      return .members([
        "type": "array", "items": schema.json(&components),
        "minItems": count.flatMap { $0.lowerBound == 0 ? nil : .integer(Int64($0.lowerBound)) },
        "maxItems": count.map { .integer(Int64($0.upperBound)) },
      ])
    case .map(let schema):
      return .members(["type": "object", "additionalProperties": schema.json(&components)])
    case .object(let properties):
      let required = properties.filter(\.isRequired).map { JSONValue.text($0.name) }
      var members: [JSONValue.Member] = []
      for property in properties {
        var json = property.schema.json(&components)
        if !property.about.isEmpty, case .object(let inner) = json {
          json = .object(inner + [.init("description", .text(property.about))])
        }
        members.append(.init(property.name, json))
      }
      return .members([
        "type": "object", "properties": .object(members),
        "required": required.isEmpty ? nil : .array(required), "additionalProperties": false,
      ])
    case .nullable(let schema):
      let json = schema.json(&components)
      // A type and null beside it, where there is one and it does not list its values.
      if case .object(var members) = json, !members.contains(where: { $0.name == "enum" }),
        let place = members.firstIndex(where: { $0.name == "type" }),
        case .text(let type) = members[place].value
      {
        members[place] = .init("type", .array([.text(type), "null"]))
        return .object(members)
      }
      return .members(["anyOf": .array([json, .members(["type": "null"])])])
    case .either(let schemas):
      return .members(["anyOf": .array(schemas.map { $0.json(&components) })])
    case .named(let name, let schema):
      if components[name] == nil {
        // Set first, for one that refers to itself.
        components[name] = .null
        components[name] = schema.json(&components)
      }
      return .members(["$ref": .text("#/components/schemas/\(name)")])
    }
  }
}
