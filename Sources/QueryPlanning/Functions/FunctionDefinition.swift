public import ColumnStore

/// What one parameter of a function takes.
public enum ParameterType: Sendable, Hashable {
  case type(DataType)
  /// Integer or double; all parameters of this kind are brought to the same one.
  case number
  /// Any array; the elements of all parameters of this kind, and those of kind `anyElement`, are
  /// brought to one type.
  case anyArray
  case anyElement
  /// Any type at all, shown as text.
  case anyAsText
  /// A quoted unit of `date_trunc`, checked when the query is planned.
  case dateUnit
  /// A quoted field of `date_part`, checked when the query is planned.
  case dateField
  /// The name of a time zone; checked when the query is planned if it is quoted.
  case timeZone

  public var sqlName: String {
    switch self {
    case .type(let type): type.sqlName
    case .number: "number"
    case .anyArray: "array"
    case .anyElement: "element"
    case .anyAsText: "any"
    case .dateUnit: "unit"
    case .dateField: "field"
    case .timeZone: "zone"
    }
  }
}

/// One signature of a function of one row.
public struct FunctionDefinition: Sendable {
  public enum Result: Sendable, Hashable {
    case type(DataType)
    /// The type that the `number` parameters were brought to.
    case number
    /// The array that the `anyArray` parameters were brought to, or its element.
    case anyArray, anyElement
  }

  /// First the name that documentation uses, then aliases.
  public var names: [String]
  public var parameters: [ParameterType]
  /// The last parameter may be repeated, or left out.
  public var isVariadic: Bool
  public var result: Result
  public var function: ScalarFunction
  /// Appends the session's time zone as last argument.
  public var takesSessionZone: Bool
  /// One line, for the reference.
  public var summary: String

  public var name: String { names[0] }

  /// `substring(text, bigint)`, as errors and documentation show it.
  public var signature: String {
    let shown = parameters.map(\.sqlName).joined(separator: ", ")
    return "\(name)(\(shown)\(isVariadic ? ", ..." : ""))"
  }

  init(
    _ names: String, _ parameters: [ParameterType], _ result: Result, _ function: ScalarFunction,
    _ summary: String, isVariadic: Bool = false, takesSessionZone: Bool = false
  ) {
    self.names = names.split(separator: " ").map(String.init)
    self.parameters = parameters
    self.isVariadic = isVariadic
    self.result = result
    self.function = function
    self.takesSessionZone = takesSessionZone
    self.summary = summary
  }
}
