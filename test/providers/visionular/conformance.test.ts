import { describeConformance, describeRequestConformance } from '../../conformance/suite.ts';
import { harness, v1Harness } from './harness.ts';

describeConformance(harness);
describeRequestConformance(v1Harness);
