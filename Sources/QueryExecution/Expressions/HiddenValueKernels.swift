import ColumnStore
import QueryLanguage
import QueryPlanning

/// What is shown in the place of hidden values.
enum HiddenValueKernels {
  static func kernel(_ site: CallSite) -> Kernel {
    if site.function == .pseudonym { return Kernels.perEntry(names) }
    let mask: Value =
      switch site.type {
      case .text: .text("(redacted)")
      case .json: .text("\"(redacted)\"")
      default: .null
      }
    let type = mask.isNull ? DataType.null : site.type
    return Kernels.strict { (_, rows) throws(QueryError) in
      Vector(constant: mask, type: type, count: rows.count)
    }
  }

  /// Once per distinct value and organisation of the batch: a keyed hash takes a microsecond.
  private static func names(
    _ arguments: [Vector], _ rows: KernelRows
  ) throws(QueryError) -> Vector {
    guard let source = QueryScope.pseudonyms, arguments.count == 4,
      case .text(let domain) = arguments[2].value(at: 0)
    else { throw QueryError(.internalError, "pseudonyms without a key") }
    var ofOrganization: [Value: @Sendable (String) -> String] = [:]
    var known: [Value: [Value: String]] = [:]
    var builder = TextBuilder(entries: rows.count, bytes: rows.count * 34)
    for row in 0..<rows.count {
      if row & 0xFF == 0xFF { try QueryScope.check() }
      defer { builder.finish() }
      guard rows.isValid(row) else { continue }
      let organization = arguments[1].value(at: row)
      let value = arguments[0].value(at: row)
      if let name = known[organization]?[value] {
        builder.write(name)
        continue
      }
      let naming =
        ofOrganization[organization]
        ?? source.names(organization: organization.formatted(), domain: domain)
      ofOrganization[organization] = naming
      let name = naming(value.formatted())
      known[organization, default: [:]][value] = name
      builder.write(name)
    }
    return builder.vector()
  }
}
