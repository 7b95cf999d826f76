import ColumnStore
import QueryLanguage
import QueryPlanning

enum RegexKernels {
  static func kernel(_ site: CallSite) throws(QueryError) -> Kernel {
    throw site.error(.featureNotSupported, "regular expressions are not supported yet")
  }
}
