import { describeConformance } from '../../conformance/suite.ts';
import { huaweiHarness, tencentHarness } from './harness.ts';

describeConformance(tencentHarness);
describeConformance(huaweiHarness);
