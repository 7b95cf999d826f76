import ColumnStore
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
