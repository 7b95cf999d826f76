import Foundation
import SampleData
import Testing

struct PortableMathTests {
  @Test func `exp and log agree with the C library`() {
    for step in -400...400 {
      let exponent = Double(step) / 40
      let power = PortableMath.exp(exponent)
      #expect(abs(power / exp(exponent) - 1) < 1e-11)
      #expect(abs(PortableMath.log(power) - exponent) < 1e-10)
    }
    #expect(PortableMath.exp(0) == 1)
    #expect(PortableMath.log(1) == 0)
  }

  @Test func `normal quantiles invert the normal distribution`() {
    for step in 1..<2_048 {
      let probability = Double(step) / 2_048
      let quantile = PortableMath.normalQuantile(probability)
      #expect(abs(0.5 * erfc(-quantile / 2.0.squareRoot()) - probability) < 1e-11)
    }
    #expect(PortableMath.normalQuantile(0.5) == 0)
    #expect(abs(PortableMath.normalQuantile(0.975) - 1.959_963_984_540_054) < 1e-11)
  }
}
