import ColumnStore
import QueryLanguage
import QueryPlanning

/// `to_char` of numbers.
enum NumberFormatKernels {
  static func kernel(_ site: CallSite) throws(QueryError) -> Kernel {
    let location = site.location
    var known: NumberFormat?
    if let pattern = site.text(1) { known = try format(pattern, location) }
    let format = known
    return Kernels.strict { (arguments, rows) throws(QueryError) in
      let values = arguments[0].doubleRows
      return try TextKernels.build(rows) { (row, builder) throws(QueryError) in
        if let format { return format.write(values[row], to: &builder) }
        try self.format(arguments[1].value(at: row).textOrEmpty, location)
          .write(values[row], to: &builder)
      }
    }
  }

  private static func format(
    _ pattern: String, _ location: Range<Int>
  ) throws(QueryError) -> NumberFormat {
    let (format, unknown) = NumberFormat.parse(pattern)
    if let format { return format }
    throw QueryError(
      .invalidParameter, "'\(unknown ?? "")' is not understood in the number pattern '\(pattern)'",
      at: location, hint: "9 is a digit, 0 a digit or zero; . , D G S MI PR FM are there")
  }
}
