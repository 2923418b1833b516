/** What the application is doing, and what of it is otherwise than was asked for. */
import { catalogue } from './catalogue.ts';

export const activities = catalogue({
  'doing.preparing': ['getting ready', '正在准备'],
  'doing.testing-devices': ['testing the devices', '正在测试设备'],
  'doing.waiting-for-orphan': [
    'waiting for the training process of the last session to save',
    '正在等待上次的训练进程保存',
  ],
  'doing.reading-photos': ['reading photos, {done} of {total}', '正在读取照片：{done} / {total}'],
  'doing.preparing-network': ['preparing the network', '正在准备网络'],
  'doing.embedding-photos': ['embedding photos, {done} of {total}', '正在嵌入照片：{done} / {total}'],
  'doing.on-processor': [
    'the device {device} cannot be used here: the photos are embedded on the processor',
    '设备 {device} 在这里不可用：照片改由处理器嵌入',
  ],
  'doing.reading-embeddings': ['reading the embeddings', '正在读取嵌入'],
  'doing.classifying': ['classifying', '正在分类'],
  'doing.fitting-linear': [
    'fitting the linear classifier, steps, {done} of {total}',
    '正在训练线性分类器：{done} / {total} 步',
  ],
  'doing.reading-encoder': ['reading {file}', '正在读取 {file}'],
  'doing.checking-encoder': ['embedding known pictures with {file}', '正在用 {file} 嵌入已知图片'],
  'doing.reading-teacher': ['reading the teacher, {file}', '正在读取教师 {file}'],
  'doing.asking-teacher': [
    'asking the teacher: {done} of {total} {total:photo|photos}',
    '正在询问教师：{done} / {total} 张照片',
  ],
  'doing.using-encoder': ['taking over {file}', '正在接入 {file}'],
  'doing.writing': ['writing and reading back', '正在写入并读回核对'],
  'doing.ready': ['ready for queries', '可以查询'],
  'doing.fetching-weights': ['fetching {file} from {host}', '正在从 {host} 下载 {file}'],
  'doing.checking-weights': ['checking the SHA-256 of {file}', '正在核对 {file} 的 SHA-256'],
  'doing.fetching': ['fetching photos from their cloud service', '正在从云服务下载照片'],
  'doing.not-fetched': [
    '{count} {count:photo|photos} could not be fetched: see whether their cloud service is running',
    '{count} 张照片未能下载：请检查其云服务是否在运行',
  ],
  'doing.finding-duplicates': ['looking for duplicates in {name}', '正在查找重复照片：{name}'],
  'doing.picking': ['picking photos', '正在挑选照片'],
  'doing.measuring-gain': ['measuring what picking is worth', '正在测量挑选的收益'],
  'doing.sketching': ['looking at the photos', '正在查看照片'],
  'doing.comparing': ['comparing photos that may be copies', '正在比较可能是副本的照片'],
  'doing.copying': ['copying photos', '正在复制照片'],
  'doing.arranging-map': ['arranging the map', '正在排布地图'],
  'doing.finding-neighbours': ['finding neighbours', '正在寻找近邻'],
  'doing.finding-clusters': ['finding clusters', '正在寻找聚类'],
  'doing.embedding': ['embedding {name}', '正在嵌入：{name}'],
  'doing.exporting': ['exporting {name}', '正在导出：{name}'],
  'doing.writing-cluster': ['writing {name} for PyTorch', '正在为 PyTorch 写出：{name}'],
  'doing.without-skipped': [
    '{count} {count:photo was|photos were} left out, which cannot be read: {file} is the first',
    '有 {count} 张照片无法读取，已略过；第一张是 {file}',
  ],
  'doing.compared': [
    '{count} {count:photo was|photos were} embedded here too: the largest difference is {difference} of a vector’s length',
    '有 {count} 张照片也在这里嵌入作对照：最大差异为向量长度的 {difference}',
  ],
  'doing.no-history': [
    'it has no curves and no verdict, as nothing is known of its epochs: results/history.jsonl in {folder} is missing or empty; if a whole one is elsewhere, delete this run, copy the folder again and import it',
    '没有曲线，也没有判断，因为各轮的情况都没有记录：{folder} 中的 results/history.jsonl 缺失或为空；若别处有完整的，请删除这次训练，重新复制文件夹并导入',
  ],
  'doing.short-history': [
    'its curves end at epoch {last}, and it was trained to epoch {epoch}: the end of results/history.jsonl in {folder} is missing; if a whole one is elsewhere, delete this run, copy the folder again and import it',
    '曲线止于第 {last} 轮，而训练到了第 {epoch} 轮：{folder} 中 results/history.jsonl 的末尾缺失；若别处有完整的，请删除这次训练，重新复制文件夹并导入',
  ],
  'doing.packing-photos': ['packing photos, {done} of {total}', '正在打包照片：{done} / {total}'],
  'doing.importing': ['importing {name}', '正在导入：{name}'],
  'doing.knn': ['kNN evaluation of {name}', '正在评估（kNN）：{name}'],
  'doing.linear': ['linear evaluation of {name}', '正在评估（线性）：{name}'],
  'doing.fewshot': ['few-shot evaluation of {name}', '正在评估（少样本）：{name}'],
  'doing.given-weights': [
    '{loaded} {loaded:tensor starts|tensors start} from the given weights ({family}), {leftOut} {leftOut:other|others} of the file {leftOut:is|are} no part of the encoder',
    '{loaded} 个张量取自所给权重（{family}），文件中另外 {leftOut} 个不属于编码器',
  ],
  'doing.with-the-one-before': [
    'the checkpoint {file} is damaged: that of epoch {epoch} is used, check the disk',
    '检查点 {file} 已损坏：改用第 {epoch} 轮的检查点，请检查磁盘',
  ],
  'doing.embedding-again': [
    'the kept embedding was damaged: it is made again, check the disk',
    '保存的嵌入已损坏：正在重新生成，请检查磁盘',
  ],
  'doing.from-before-damage': [
    'the checkpoint {file} was damaged and is set aside: training goes on from step {step}, check the disk',
    '检查点 {file} 已损坏，已移到一旁：从第 {step} 步继续训练，请检查磁盘',
  ],
});
