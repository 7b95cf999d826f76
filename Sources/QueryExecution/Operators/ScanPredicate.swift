import CKernels
import ColumnStore
import QueryLanguage
import QueryPlanning
import Synchronization

/// One conjunct of a scan's filter, in the form in which a segment can decide it soonest.
enum ScanPredicate: Sendable {
  /// Integers, dates, timestamps within bounds; `nil`: never.
  case integers(column: Int, ClosedRange<Int64>?)
  /// Doubles; bounds are never NaN.
  case doubles(column: Int, ClosedRange<Double>)
  /// Text equal to one of some values, given as codes of the column's domain.
  case text(column: Int, TextMatch)
  case isNull(column: Int)
  case isNotNull(column: Int)
  /// A monotonic expression of one integer column within bounds.
  case monotonic(CompiledExpression, ClosedRange<Int64>, whole: CompiledExpression)
  case general(CompiledExpression, DomainTable)
  /// A join that became a condition.
  case members(Membership)

  init(_ expression: Expression, schema: TableSchema, catalog: Catalog) throws(QueryError) {
    let compiled = try CompiledExpression(expression)
    switch expression {
    case .compare(let comparison, let operand, .literal(let value, _))
    where comparison != .notEqual:
      if case .column(let column, let type) = operand {
        if type.physical == .integer, let integer = value.integer {
          self = .integers(column: column, comparison.range(integer))
          return
        } else if type == .double, case .double(let bound) = value, bound.isFinite,
          let range = comparison.range(bound)
        {
          self = .doubles(column: column, range)
          return
        } else if type.physical == .text, comparison == .equal, case .text(let text) = value {
          self = .text(column: column, TextMatch([text], column, compiled, schema, catalog))
          return
        }
      } else if let integer = value.integer, let range = comparison.range(integer) {
        let inner = try CompiledExpression(operand)
        if inner.isMonotonic {
          self = .monotonic(inner, range, whole: compiled)
          return
        }
      }
    case .inList(.column(let column, let type), let values) where type.physical == .text:
      let texts = values.compactMap { if case .text(let text) = $0 { text } else { nil } }
      if texts.count == values.count {
        self = .text(column: column, TextMatch(texts, column, compiled, schema, catalog))
        return
      }
    case .isNull(.column(let column, _)):
      self = .isNull(column: column)
      return
    case .not(.isNull(.column(let column, _))):
      self = .isNotNull(column: column)
      return
    default:
      break
    }
    self = .general(compiled, DomainTable())
  }
}

/// The codes that a text column must have; chunks without a dictionary take the expression.
struct TextMatch: Sendable {
  /// Ascending codes of the domain.
  let codes: [UInt32]
  let expression: CompiledExpression

  init(
    _ texts: [String], _ column: Int, _ expression: CompiledExpression, _ schema: TableSchema,
    _ catalog: Catalog
  ) {
    self.expression = expression
    guard let view = catalog.dictionaries[schema.columns[column].domain]?.view else {
      codes = []
      return
    }
    var found: [UInt32] = []
    for text in texts {
      var text = text
      if let code = text.withUTF8({ view.code(of: $0) }) { found.append(code) }
    }
    codes = found.sorted()
  }
}

/// Whether a predicate of one dictionary column holds, by domain code: worked out once per query.
///
/// A dictionary of a million users is smaller than the sum of its parts in each segment.
final class DomainTable: Sendable {
  private let table = Mutex<[UInt8]?>(nil)

  /// 1 where the predicate is true. Built by the first caller, over the `view` it has; the others
  /// wait. `nil` when the view is longer than the table that was built.
  func verdicts(
    over view: DictionaryView, build: (DictionaryView) throws(QueryError) -> [UInt8]
  ) throws(QueryError) -> [UInt8]? {
    let result = table.withLock { table -> Result<[UInt8], QueryError> in
      if let table { return .success(table) }
      do throws(QueryError) {
        let built = try build(view)
        table = built
        return .success(built)
      } catch {
        return .failure(error)
      }
    }
    let verdicts = try result.get()
    return verdicts.count >= view.count ? verdicts : nil
  }
}

extension Value {
  /// The number that stands for the value in a chunk of integers.
  var integer: Int64? {
    switch self {
    case .integer(let value), .timestamp(let value), .timestampWithTimeZone(let value),
      .date(let value):
      value
    default: nil
    }
  }
}

extension Comparison {
  /// The values that compare so with `bound`; `nil` when there are none, or for `<>`.
  func range(_ bound: Int64) -> ClosedRange<Int64>? {
    switch self {
    case .equal: bound...bound
    case .notEqual: nil
    case .less: bound == .min ? nil : Int64.min...(bound - 1)
    case .lessOrEqual: Int64.min...bound
    case .greater: bound == .max ? nil : (bound + 1)...Int64.max
    case .greaterOrEqual: bound...Int64.max
    }
  }

  /// Without NaN, which is greater than all.
  func range(_ bound: Double) -> ClosedRange<Double>? {
    switch self {
    case .equal: bound...bound
    case .notEqual: nil
    case .less: bound == -.infinity ? nil : -.infinity...bound.nextDown
    case .lessOrEqual: -.infinity...bound
    case .greater: bound == .infinity ? nil : bound.nextUp ... .infinity
    case .greaterOrEqual: bound ... .infinity
    }
  }
}
