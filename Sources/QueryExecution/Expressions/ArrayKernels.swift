package import ColumnStore
import QueryLanguage
import QueryPlanning

enum ArrayKernels {
  static func kernel(_ site: CallSite) -> Kernel {
    let type = site.type
    switch site.function {
    case .element:
      return Kernels.strict { (arguments, rows) throws(QueryError) in
        let indexes = arguments[1].integerRows
        return Vector(
          values: (0..<rows.count).map { row in
            guard rows.isValid(row), case .array(let elements) = arguments[0].value(at: row),
              indexes[row] >= 1, indexes[row] <= elements.count
            else { return .null }
            return elements[Int(indexes[row]) - 1]
          }, type: type)
      }
    case .arrayLength:
      return Kernels.strict { (arguments, rows) throws(QueryError) in
        let lengths = (0..<rows.count).map { row in
          if case .array(let elements) = arguments[0].value(at: row) {
            Int64(elements.count)
          } else {
            Int64(0)
          }
        }
        return Vector(type: .integer, count: rows.count, storage: .integers(lengths))
      }
    default:
      return { (arguments, count) throws(QueryError) in
        let values = (0..<count).map { row in Value.array(arguments.map { $0.value(at: row) }) }
        return Vector(type: type, count: count, storage: .objects(values))
      }
    }
  }
}

extension Vector {
  /// A vector of values that are looked at one at a time; each is null or of the type.
  package init(values: [Value], type: DataType) {
    let storage: Storage
    switch type.physical {
    case .boolean: storage = .booleans(values.map { $0 == .boolean(true) ? 1 : 0 })
    case .integer: storage = .integers(values.map { $0.integerBits ?? 0 })
    case .double: storage = .doubles(values.map { $0.doubleBits ?? 0 })
    case .text:
      var builder = TextBuilder(entries: values.count)
      for value in values { builder.append(value.textOrEmpty) }
      storage = builder.vector().storage
    case .object: storage = .objects(values)
    }
    let validity = values.contains(.null) ? values.map { $0.isNull ? UInt8(0) : 1 } : nil
    self.init(type: type, count: values.count, storage: storage, validity: validity)
  }
}
