/// What an aggregate over pairs of numbers tells about them: PostgreSQL's statistics of the least
/// squares line through (x, y). The first argument is y, the dependent one.
public enum RegressionFigure: String, Sendable, Hashable, CaseIterable {
  case correlation = "corr"
  case populationCovariance = "covar_pop"
  case sampleCovariance = "covar_samp"
  case slope = "regr_slope"
  case intercept = "regr_intercept"
  case pairCount = "regr_count"
  case determination = "regr_r2"
  case meanX = "regr_avgx"
  case meanY = "regr_avgy"

  var summary: String {
    switch self {
    case .correlation: "Correlation coefficient, from -1 to 1."
    case .populationCovariance: "Population covariance."
    case .sampleCovariance: "Sample covariance."
    case .slope: "Slope of the least squares line of y over x."
    case .intercept: "Where that line meets x = 0."
    case .pairCount: "Number of rows in which neither is null."
    case .determination: "Share of y's variance that the line explains."
    case .meanX: "Mean of x, of the rows in which neither is null."
    case .meanY: "Mean of y, of the same rows."
    }
  }
}
