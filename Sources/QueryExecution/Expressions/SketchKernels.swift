import ColumnStore
import QueryLanguage
import QueryPlanning

/// Estimates from sketch states.
enum SketchKernels {
  static func kernel(_ site: CallSite) throws(QueryError) -> Kernel {
    throw site.error(.featureNotSupported, "sketch states cannot be read yet")
  }
}
