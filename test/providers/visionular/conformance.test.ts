import { describeConformance } from '../../conformance/suite.ts';
import { harness, v1Harness } from './harness.ts';

describeConformance(harness);
describeConformance(v1Harness);
