import ColumnStore
import QueryLanguage

/// SQL names of types. Many integer widths, one `integer`: widths are for storage formats, and the
/// store picks the narrowest encoding by itself.
let typeNames: [String: DataType] = [
  "int2": .integer, "int4": .integer, "int8": .integer, "smallint": .integer, "int": .integer,
  "integer": .integer, "bigint": .integer, "serial": .integer, "bigserial": .integer,
  "serial4": .integer, "serial8": .integer,
  "numeric": .double, "decimal": .double, "real": .double, "float": .double, "float4": .double,
  "float8": .double, "double": .double, "double precision": .double,
  "text": .text, "varchar": .text, "char": .text, "bpchar": .text, "name": .text, "uuid": .text,
  "string": .text,
  "bool": .boolean, "boolean": .boolean,
  "timestamp": .timestamp, "timestamptz": .timestampWithTimeZone, "date": .date,
  "interval": .interval, "json": .json, "jsonb": .json,
  "hll": .hyperLogLog, "tdigest": .digest,
]

extension Environment {
  /// The type of a name; a declared domain is text.
  func type(_ syntax: TypeNameSyntax) throws(QueryError) -> DataType {
    let name = syntax.name
    var type: DataType
    if let known = typeNames[name] {
      type = known
    } else if catalog.declaredDomains.contains(name) {
      type = .text
    } else {
      throw error(
        .undefinedObject, "type '\(name)' does not exist", at: syntax.location,
        hint: suggestion(
          for: name, among: typeNames.keys.sorted() + catalog.declaredDomains.sorted()))
    }
    if syntax.isArray { type = .array(type) }
    return type
  }
}
